package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.Rejection.Reason;
import java.util.Set;
import java.util.TreeSet;

/** Lets through the schemes it names and no other: {@code javascript:} and {@code data:} run in the visitor's browser. */
public final class SchemeAllowList implements DestinationPolicy {
    /** What a short link usually leads to. */
    public static final Set<String> WEB = Set.of("http", "https");

    private final Set<String> schemes;

    /** Allows schemes, lower case without colon. */
    public SchemeAllowList(Set<String> schemes) {
        this.schemes = Set.copyOf(schemes);
    }

    @Override
    public Verdict judge(NormalizedUrl url) {
        return schemes.contains(url.scheme())
                ? new Verdict.Allowed()
                : new Verdict.Denied(
                        Reason.SCHEME_NOT_ALLOWED,
                        "the scheme must be one of " + String.join(", ", new TreeSet<>(schemes)) + ": " + url.scheme());
    }
}
