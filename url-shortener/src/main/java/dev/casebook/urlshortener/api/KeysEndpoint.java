package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Problem;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.auth.ApiKey;
import dev.casebook.urlshortener.auth.ApiKeyService;
import dev.casebook.urlshortener.auth.Restriction;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.Domains;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/keys}: API keys and what they may do. For administrators only. Handlers block. */
final class KeysEndpoint {
    private static final String ADMIN = "admin";
    private static final String AUTHOR = "author";
    private static final String READ = "read";

    private final ApiKeyService keys;
    private final Domains domains;

    KeysEndpoint(ApiKeyService keys, Domains domains) {
        this.keys = keys;
        this.domains = domains;
    }

    /**
     * A key as shown.
     *
     * @param key the secret, only in the answer that made it
     * @param scopes admin (everything), or author (only links it made) and read (changes nothing), which combine
     * @param domain the only domain it may use, null for all
     */
    record KeyJson(
            String id,
            String name,
            @Nullable String key,
            List<String> scopes,
            @Nullable String domain,
            String createdAt,
            @Nullable String expiresAt,
            boolean revoked) {}

    Reply list(Request request) {
        Caller.of(request).requireAdmin();
        return Reply.json(
                200,
                Map.of("data", keys.list().stream().map(key -> json(key, null)).toList()));
    }

    Reply create(Request request) {
        Caller.of(request).requireAdmin();
        JsonBody body = JsonBody.of(request);
        String name = body.text("name");
        if (name == null || name.isBlank()) {
            body.reject("name");
        }
        Set<Restriction> restrictions = restrictions(body);
        Instant expiresAt = body.instant("expiresAt");
        body.check();
        ApiKeyService.NewKey made = keys.create(name == null ? "" : name, restrictions, expiresAt);
        return Reply.json(201, json(made.key(), made.secret())).withHeader("cache-control", "no-store");
    }

    Reply revoke(Request request) {
        Caller caller = Caller.of(request).requireAdmin();
        String id = request.pathParameter("id");
        if (id.equals(caller.keyId())) {
            throw new ProblemException(Problem.of(
                    409, "own-key", "Own key", "A key cannot revoke itself: use another administrator's key"));
        }
        if (!keys.revoke(id)) {
            throw new ProblemException(
                    Problem.of(404, "key-not-found", "Key not found", "No valid API key has the id " + id));
        }
        return Reply.empty(204);
    }

    private Set<Restriction> restrictions(JsonBody body) {
        Set<String> scopes = body.texts("scopes");
        Set<Restriction> restrictions = new HashSet<>();
        if (scopes == null || scopes.isEmpty()) {
            // A key that may do everything must be asked for by name.
            body.reject("scopes");
            return restrictions;
        }
        for (String scope : scopes) {
            switch (scope) {
                case ADMIN -> {}
                case AUTHOR -> restrictions.add(new Restriction.OwnLinksOnly());
                case READ -> restrictions.add(new Restriction.ReadOnly());
                default -> body.reject("scopes");
            }
        }
        if (scopes.contains(ADMIN) && scopes.size() > 1) {
            body.reject("scopes");
        }
        String domain = body.text("domain");
        if (domain != null && domains.canonical(domain) instanceof Checked.Accepted<String> accepted) {
            restrictions.add(new Restriction.OnlyDomain(accepted.value()));
        } else if (domain != null) {
            body.reject("domain");
        }
        return restrictions;
    }

    private KeyJson json(ApiKey key, @Nullable String secret) {
        Set<String> scopes = new TreeSet<>();
        String domain = null;
        for (Restriction restriction : key.restrictions()) {
            switch (restriction) {
                case Restriction.OwnLinksOnly own -> scopes.add(AUTHOR);
                case Restriction.ReadOnly readOnly -> scopes.add(READ);
                case Restriction.OnlyDomain only -> domain = domains.hostOf(only.domain());
            }
        }
        if (scopes.isEmpty()) {
            scopes.add(ADMIN);
        }
        return new KeyJson(
                key.id(),
                key.name(),
                secret,
                List.copyOf(scopes),
                domain,
                ShortUrlJson.iso(key.createdAt()),
                key.expiresAt() == null ? null : ShortUrlJson.iso(key.expiresAt()),
                key.revokedAt() != null);
    }
}
