package dev.casebook.urlshortener.link;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to change a link. A null component leaves its field; the fields that can be empty take a {@link Patch}.
 * Built with {@link #builder}.
 *
 * @param password in plain text
 */
public record LinkPatch(
        @Nullable String longUrl,
        @Nullable RedirectStatus status,
        Patch<Instant> validSince,
        Patch<Instant> validUntil,
        Patch<Integer> maxVisits,
        Patch<String> password,
        @Nullable List<RedirectRule> rules,
        @Nullable Boolean forwardQuery,
        @Nullable Boolean crawlable,
        Patch<String> title,
        @Nullable Set<String> tags) {
    /** A patch that changes nothing yet. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Collects the changes. Null leaves a field that cannot be empty, and clears one that can. Not thread-safe.
     */
    public static final class Builder {
        private @Nullable String longUrl;
        private @Nullable RedirectStatus status;
        private Patch<Instant> validSince = Patch.keep();
        private Patch<Instant> validUntil = Patch.keep();
        private Patch<Integer> maxVisits = Patch.keep();
        private Patch<String> password = Patch.keep();
        private @Nullable List<RedirectRule> rules;
        private @Nullable Boolean forwardQuery;
        private @Nullable Boolean crawlable;
        private Patch<String> title = Patch.keep();
        private @Nullable Set<String> tags;

        private Builder() {}

        public Builder longUrl(@Nullable String value) {
            longUrl = value;
            return this;
        }

        public Builder status(@Nullable RedirectStatus value) {
            status = value;
            return this;
        }

        public Builder validSince(@Nullable Instant value) {
            validSince = Patch.set(value);
            return this;
        }

        public Builder validUntil(@Nullable Instant value) {
            validUntil = Patch.set(value);
            return this;
        }

        public Builder maxVisits(@Nullable Integer value) {
            maxVisits = Patch.set(value);
            return this;
        }

        public Builder password(@Nullable String value) {
            password = Patch.set(value);
            return this;
        }

        public Builder rules(@Nullable List<RedirectRule> value) {
            rules = value == null ? null : List.copyOf(value);
            return this;
        }

        public Builder forwardQuery(@Nullable Boolean value) {
            forwardQuery = value;
            return this;
        }

        public Builder crawlable(@Nullable Boolean value) {
            crawlable = value;
            return this;
        }

        public Builder title(@Nullable String value) {
            title = Patch.set(value);
            return this;
        }

        public Builder tags(@Nullable Set<String> value) {
            tags = value == null ? null : Set.copyOf(value);
            return this;
        }

        public LinkPatch build() {
            return new LinkPatch(
                    longUrl,
                    status,
                    validSince,
                    validUntil,
                    maxVisits,
                    password,
                    rules,
                    forwardQuery,
                    crawlable,
                    title,
                    tags);
        }
    }
}
