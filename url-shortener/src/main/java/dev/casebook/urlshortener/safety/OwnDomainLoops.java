package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.Rejection.Reason;
import java.util.Collection;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Denies destinations that are short links of this installation: they would redirect in a circle, or hide a destination
 * from the other policies.
 */
public final class OwnDomainLoops implements DestinationPolicy {
    private final Supplier<? extends Collection<String>> ownAuthorities;

    /**
     * Denies an installation's authorities.
     *
     * @param ownAuthorities hosts, which match at any port, or {@code host:port}; asked for every destination, so in memory
     */
    public OwnDomainLoops(Supplier<? extends Collection<String>> ownAuthorities) {
        this.ownAuthorities = ownAuthorities;
    }

    @Override
    public Verdict judge(NormalizedUrl url) {
        String withPort = url.host() + ":" + url.port();
        for (String own : ownAuthorities.get()) {
            String authority = own.toLowerCase(Locale.ROOT);
            if (!authority.isEmpty() && (authority.equals(url.host()) || authority.equals(withPort))) {
                return new Verdict.Denied(
                        Reason.DESTINATION_LOOPS, "a link must not lead back to this service: " + url.displayHost());
            }
        }
        return new Verdict.Allowed();
    }
}
