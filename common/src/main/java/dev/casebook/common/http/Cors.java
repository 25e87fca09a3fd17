package dev.casebook.common.http;

import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which pages of other origins may call this server from a browser (the Fetch standard's CORS protocol). Without it none may. Immutable.
 *
 * @param origins such as {@code https://app.example}; {@code *} for all
 * @param methods what a preflight allows
 * @param headers request header fields that a preflight allows, in any case
 * @param exposed response header fields that a page may read
 * @param credentials whether cookies and the like may be sent; not together with {@code *}
 * @param maxAge how long a browser may remember a preflight
 */
public record Cors(
        Set<String> origins,
        Set<HttpMethod> methods,
        Set<String> headers,
        Set<String> exposed,
        boolean credentials,
        Duration maxAge) {
    private static final String ANY = "*";

    public Cors {
        origins = Set.copyOf(origins);
        methods = Set.copyOf(methods);
        headers = Set.copyOf(headers);
        exposed = Set.copyOf(exposed);
        if (credentials && origins.contains(ANY)) {
            throw new IllegalArgumentException("credentials cannot be allowed for every origin");
        }
    }

    /** The usual methods, {@code Content-Type} and {@code X-Api-Key}, no credentials, an hour. */
    public static Cors allowing(String... origins) {
        return new Cors(
                Set.of(origins),
                Set.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE),
                Set.of("content-type", "x-api-key"),
                Set.of(),
                false,
                Duration.ofHours(1));
    }

    boolean allows(String origin) {
        return origins.contains(ANY) || origins.contains(origin);
    }

    boolean isPreflight(Request request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.header("origin").isPresent()
                && request.header("access-control-request-method").isPresent();
    }

    Reply preflight(Request request) {
        Reply reply = Reply.empty(204)
                .withHeader("access-control-allow-methods", join(methods))
                .withHeader("access-control-allow-headers", join(headers))
                .withHeader("access-control-max-age", String.valueOf(maxAge.toSeconds()));
        return decorate(request, reply);
    }

    /** Adds what lets the page read the reply. {@code Vary} also where it may not, since a cache must not mix the two up. */
    Reply decorate(Request request, Reply reply) {
        Reply varied = origins.contains(ANY) ? reply : reply.withHeader("vary", "origin");
        String origin = request.header("origin").orElse("");
        if (origin.isEmpty() || !allows(origin)) {
            return varied;
        }
        Reply allowed = varied.withHeader("access-control-allow-origin", origins.contains(ANY) ? ANY : origin);
        if (credentials) {
            allowed = allowed.withHeader("access-control-allow-credentials", "true");
        }
        return exposed.isEmpty() ? allowed : allowed.withHeader("access-control-expose-headers", join(exposed));
    }

    private static String join(Set<?> names) {
        Set<String> sorted = new TreeSet<>();
        names.forEach(name -> sorted.add(name.toString()));
        return String.join(", ", sorted);
    }
}
