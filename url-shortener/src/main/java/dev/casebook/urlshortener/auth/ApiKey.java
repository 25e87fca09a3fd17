package dev.casebook.urlshortener.auth;

import dev.casebook.urlshortener.auth.Restriction.OnlyDomain;
import dev.casebook.urlshortener.auth.Restriction.OwnLinksOnly;
import dev.casebook.urlshortener.auth.Restriction.ReadOnly;
import dev.casebook.urlshortener.link.Visibility;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an API key; the key itself is known to its owner alone. Immutable.
 *
 * @param id shown in lists, used to revoke, noted in the links it makes
 * @param name for people
 * @param restrictions empty for an administrator
 * @param expiresAt from it the key no longer counts; null for never
 * @param revokedAt null while it was not
 */
public record ApiKey(
        String id,
        String name,
        Set<Restriction> restrictions,
        Instant createdAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {
    public ApiKey {
        restrictions = Set.copyOf(restrictions);
        if (restrictions.stream().filter(OnlyDomain.class::isInstance).count() > 1) {
            throw new IllegalArgumentException("a key is restricted to one domain at most: " + restrictions);
        }
    }

    /** Whether it counts at a moment. */
    public boolean isValidAt(Instant now) {
        return revokedAt == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** Whether it may do everything, managing keys, domains and blocked hosts included. */
    public boolean isAdmin() {
        return restrictions.isEmpty();
    }

    /** Whether it may make, change and delete links, within its {@link #visibility}. */
    public boolean mayWrite() {
        return restrictions.stream().noneMatch(ReadOnly.class::isInstance);
    }

    /** The links it may see. */
    public Visibility visibility() {
        String createdBy = null;
        String domain = null;
        for (Restriction restriction : restrictions) {
            switch (restriction) {
                case OwnLinksOnly own -> createdBy = id;
                case OnlyDomain only -> domain = only.domain();
                case ReadOnly readOnly -> {}
            }
        }
        return new Visibility(createdBy, domain);
    }
}
