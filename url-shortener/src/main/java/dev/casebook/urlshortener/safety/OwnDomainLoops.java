package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.Rejection.Reason;
import java.net.URI;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Denies destinations that are short links of this installation: they would redirect in a circle, or hide a destination
 * from the other policies. Own are the address that visitors use, the custom domains, and the node itself under each of
 * its names ({@link NodeAddress}). A domain that is new on another node is own here as soon as this node has heard of it.
 */
public final class OwnDomainLoops implements DestinationPolicy {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final Supplier<URI> publicUrl;
    private final Predicate<String> isOwnDomain;
    private final Supplier<Optional<NodeAddress>> node;

    /**
     * Denies an installation's addresses. All are asked for every destination, so they must answer from memory.
     *
     * @param publicUrl its host is own at every port, unless it names a port that is not the web's: then at that one
     * @param isOwnDomain whether a host, ASCII and lower case, is a custom domain, which is own at every port
     * @param node empty until the node listens
     */
    public OwnDomainLoops(
            Supplier<URI> publicUrl, Predicate<String> isOwnDomain, Supplier<Optional<NodeAddress>> node) {
        this.publicUrl = publicUrl;
        this.isOwnDomain = isOwnDomain;
        this.node = node;
    }

    @Override
    public Verdict judge(NormalizedUrl url) {
        boolean loops = !url.host().isEmpty()
                && (isPublic(url)
                        || isOwnDomain.test(url.host())
                        || node.get().map(address -> address.isAt(url)).orElse(false));
        return loops
                ? new Verdict.Denied(
                        Reason.DESTINATION_LOOPS, "a link must not lead back to this service: " + url.displayHost())
                : new Verdict.Allowed();
    }

    private boolean isPublic(NormalizedUrl url) {
        URI own = publicUrl.get();
        int port = own.getPort();
        boolean anyPort = port < 0 || port == HTTP_PORT || port == HTTPS_PORT;
        return url.host().equalsIgnoreCase(own.getHost()) && (anyPort || port == url.port());
    }
}
