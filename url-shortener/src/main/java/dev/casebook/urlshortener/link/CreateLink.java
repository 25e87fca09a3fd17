package dev.casebook.urlshortener.link;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to make a link, as a caller states it and before any check. Built with {@link #to}.
 *
 * @param customSlug the slug wanted; null to have one generated
 * @param domain host of the link, any case, Unicode allowed; empty for the default domain
 * @param password in plain text, as the visitor will type it; null for none
 * @param title null to have none, or to have it fetched if {@code fetchTitle}
 * @param fetchTitle whether to read the destination's page for a title; a failed fetch only leaves the title out
 * @param findIfExists whether an equal link may be returned instead of a new one; equal means the same normalised
 *     destination, domain, tags, validity, visit limit and, if given, slug
 * @param privateCode whether to generate at least 12 random characters, so that the link cannot be found by guessing
 * @param codeLength characters of the generated slug; null for the strategy's own
 * @param createdBy id of the API key that asks
 * @param idempotencyKey the caller's name for this very request, so that repeating it makes one link; null for none
 */
public record CreateLink(
        String longUrl,
        @Nullable String customSlug,
        String domain,
        RedirectStatus status,
        @Nullable Instant validSince,
        @Nullable Instant validUntil,
        @Nullable Integer maxVisits,
        @Nullable String password,
        List<RedirectRule> rules,
        boolean forwardQuery,
        boolean crawlable,
        @Nullable String title,
        boolean fetchTitle,
        Set<String> tags,
        boolean findIfExists,
        boolean privateCode,
        @Nullable Integer codeLength,
        @Nullable String createdBy,
        @Nullable String idempotencyKey) {
    public CreateLink {
        rules = List.copyOf(rules);
        tags = Set.copyOf(tags);
    }

    /** Starts a request; everything but the destination has its default. */
    public static Builder to(String longUrl) {
        return new Builder(longUrl);
    }

    /** Collects a request's optional parts. Not thread-safe. */
    public static final class Builder {
        private final String longUrl;
        private @Nullable String customSlug;
        private String domain = "";
        private RedirectStatus status = RedirectStatus.FOUND;
        private @Nullable Instant validSince;
        private @Nullable Instant validUntil;
        private @Nullable Integer maxVisits;
        private @Nullable String password;
        private List<RedirectRule> rules = List.of();
        private boolean forwardQuery;
        private boolean crawlable;
        private @Nullable String title;
        private boolean fetchTitle;
        private Set<String> tags = Set.of();
        private boolean findIfExists;
        private boolean privateCode;
        private @Nullable Integer codeLength;
        private @Nullable String createdBy;
        private @Nullable String idempotencyKey;

        private Builder(String longUrl) {
            this.longUrl = longUrl;
        }

        public Builder customSlug(@Nullable String value) {
            customSlug = value;
            return this;
        }

        public Builder domain(String value) {
            domain = value;
            return this;
        }

        public Builder status(RedirectStatus value) {
            status = value;
            return this;
        }

        public Builder validSince(@Nullable Instant value) {
            validSince = value;
            return this;
        }

        public Builder validUntil(@Nullable Instant value) {
            validUntil = value;
            return this;
        }

        public Builder maxVisits(@Nullable Integer value) {
            maxVisits = value;
            return this;
        }

        public Builder password(@Nullable String value) {
            password = value;
            return this;
        }

        public Builder rules(List<RedirectRule> value) {
            rules = value;
            return this;
        }

        public Builder forwardQuery(boolean value) {
            forwardQuery = value;
            return this;
        }

        public Builder crawlable(boolean value) {
            crawlable = value;
            return this;
        }

        public Builder title(@Nullable String value) {
            title = value;
            return this;
        }

        public Builder fetchTitle(boolean value) {
            fetchTitle = value;
            return this;
        }

        public Builder tags(Set<String> value) {
            tags = value;
            return this;
        }

        public Builder findIfExists(boolean value) {
            findIfExists = value;
            return this;
        }

        public Builder privateCode(boolean value) {
            privateCode = value;
            return this;
        }

        public Builder codeLength(@Nullable Integer value) {
            codeLength = value;
            return this;
        }

        public Builder createdBy(@Nullable String value) {
            createdBy = value;
            return this;
        }

        public Builder idempotencyKey(@Nullable String value) {
            idempotencyKey = value;
            return this;
        }

        public CreateLink build() {
            return new CreateLink(
                    longUrl,
                    customSlug,
                    domain,
                    status,
                    validSince,
                    validUntil,
                    maxVisits,
                    password,
                    rules,
                    forwardQuery,
                    crawlable,
                    title,
                    fetchTitle,
                    tags,
                    findIfExists,
                    privateCode,
                    codeLength,
                    createdBy,
                    idempotencyKey);
        }
    }
}
