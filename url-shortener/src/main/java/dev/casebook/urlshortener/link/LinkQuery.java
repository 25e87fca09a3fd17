package dev.casebook.urlshortener.link;

import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which links to list and in which order; the filters of Shlink's {@code GET /short-urls}. All filters must hold. Built with
 * {@link #builder}.
 *
 * @param searchTerm case-insensitive part of slug, destination, title, or a whole tag; null for no search
 * @param tags links carrying any or all of these, by {@code tagsMode}; empty for no filter
 * @param excludedTags links carrying none of these (any) or not all of them (all), by {@code excludedTagsMode}
 * @param domain only this domain (form of {@link LinkKey#domain}); null for every domain
 * @param startDate created at or after
 * @param endDate created at or before
 * @param createdBy only links of this API key's id
 */
public record LinkQuery(
        Visibility visibility,
        @Nullable String searchTerm,
        Set<String> tags,
        TagsMode tagsMode,
        Set<String> excludedTags,
        TagsMode excludedTagsMode,
        @Nullable String domain,
        @Nullable Instant startDate,
        @Nullable Instant endDate,
        boolean excludeMaxVisitsReached,
        boolean excludePastValidUntil,
        @Nullable String createdBy,
        Order orderBy,
        boolean descending) {
    /** Every link, newest first. */
    public static final LinkQuery ALL = builder().build();

    public LinkQuery {
        tags = Set.copyOf(tags);
        excludedTags = Set.copyOf(excludedTags);
    }

    /** Starts from {@link #ALL}. */
    public static Builder builder() {
        return new Builder();
    }

    /** How several tags combine. */
    public enum TagsMode {
        ANY,
        ALL
    }

    /** Sort keys; ties are broken by {@link Link#id}. */
    public enum Order {
        DATE_CREATED,
        SHORT_CODE,
        LONG_URL,
        TITLE,
        VISITS,
        NON_BOT_VISITS
    }

    /** Collects the filters. Not thread-safe. */
    public static final class Builder {
        private Visibility visibility = Visibility.ALL;
        private @Nullable String searchTerm;
        private Set<String> tags = Set.of();
        private TagsMode tagsMode = TagsMode.ANY;
        private Set<String> excludedTags = Set.of();
        private TagsMode excludedTagsMode = TagsMode.ANY;
        private @Nullable String domain;
        private @Nullable Instant startDate;
        private @Nullable Instant endDate;
        private boolean excludeMaxVisitsReached;
        private boolean excludePastValidUntil;
        private @Nullable String createdBy;
        private Order orderBy = Order.DATE_CREATED;
        private boolean descending = true;

        private Builder() {}

        public Builder visibility(Visibility value) {
            visibility = value;
            return this;
        }

        public Builder searchTerm(@Nullable String value) {
            searchTerm = value;
            return this;
        }

        public Builder tags(Set<String> value, TagsMode mode) {
            tags = value;
            tagsMode = mode;
            return this;
        }

        public Builder excludedTags(Set<String> value, TagsMode mode) {
            excludedTags = value;
            excludedTagsMode = mode;
            return this;
        }

        public Builder domain(@Nullable String value) {
            domain = value;
            return this;
        }

        public Builder startDate(@Nullable Instant value) {
            startDate = value;
            return this;
        }

        public Builder endDate(@Nullable Instant value) {
            endDate = value;
            return this;
        }

        public Builder excludeMaxVisitsReached(boolean value) {
            excludeMaxVisitsReached = value;
            return this;
        }

        public Builder excludePastValidUntil(boolean value) {
            excludePastValidUntil = value;
            return this;
        }

        public Builder createdBy(@Nullable String value) {
            createdBy = value;
            return this;
        }

        public Builder orderBy(Order value, boolean isDescending) {
            orderBy = value;
            descending = isDescending;
            return this;
        }

        public LinkQuery build() {
            return new LinkQuery(
                    visibility,
                    searchTerm,
                    tags,
                    tagsMode,
                    excludedTags,
                    excludedTagsMode,
                    domain,
                    startDate,
                    endDate,
                    excludeMaxVisitsReached,
                    excludePastValidUntil,
                    createdBy,
                    orderBy,
                    descending);
        }
    }
}
