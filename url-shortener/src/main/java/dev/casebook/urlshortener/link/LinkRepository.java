package dev.casebook.urlshortener.link;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The system of record. Every write commits together with an outbox entry for its {@link LinkChange}, and the versions
 * of one key grow in the order of its commits. Blocking; safe for concurrent use.
 *
 * <p>Every method throws {@link LinkStoreUnavailableException} when the store cannot answer now. A write that ended so
 * may or may not be committed: only an idempotency key makes it safe to repeat a create.
 */
public interface LinkRepository extends LinkSource {
    /** Matching links are counted up to this many, so that the total of a listing has a bounded cost. */
    int COUNTED_MAX = 1_000_000;

    /** Inserts a link if its key is free and the terms hold. One statement unless the terms ask for a match. */
    InsertOutcome insert(LinkDraft draft, InsertTerms terms);

    /**
     * Inserts many links in one transaction. A taken key does not stop the others.
     *
     * @param nextKey asked for another key when one was taken
     * @return for each draft in order the link, or empty when its key and all those that followed were taken
     */
    List<Optional<Link>> insertAll(List<LinkDraft> drafts, NextKey nextKey);

    /** Looks an idempotency key up; empty when it is not recorded or has expired. */
    Optional<InsertOutcome.Claimed> findClaim(IdempotencyClaim claim);

    /**
     * Changes a link under its lock.
     *
     * @param edit a pure and quick function of the link as it stands; returning it unchanged writes nothing. What it
     *     throws undoes the change and reaches the caller. It keeps key, id, version, creation and maker
     * @return the link as it now stands, or empty when the caller sees no such link
     */
    Optional<Link> update(LinkKey key, Visibility visibility, UnaryOperator<Link> edit);

    /** Deletes a link; the key may be used anew. Empty when the caller sees no such link. */
    Optional<LinkChange> delete(LinkKey key, Visibility visibility);

    /**
     * One page of a listing; cost grows with the page's offset.
     *
     * @param page from 1
     * @param itemsPerPage at least 1
     */
    LinkPage list(LinkQuery query, int page, int itemsPerPage);

    /**
     * The next links of a listing ordered by descending id, whatever order the query names; cost independent of how far
     * one has come.
     *
     * @param beforeId only links with a smaller id; {@link Long#MAX_VALUE} to start
     */
    List<Link> listBefore(LinkQuery query, long beforeId, int limit);

    /** All tags in use with their number of links, by name. */
    List<TagCount> tags(Visibility visibility);

    /** At most so many slugs of the default domain that crawlers may follow, in any order. */
    List<String> crawlableSlugs(int limit);

    /** The domains that links were ever made on, in the form of {@link LinkKey#domain}, by name. */
    List<String> domains();

    /**
     * Replaces a tag on all visible links, a bounded batch per transaction.
     *
     * @param replacement null to take the tag away
     * @return how many links changed
     */
    int replaceTag(String tag, @Nullable String replacement, Visibility visibility);

    /** Gives the key to try after one was taken. */
    @FunctionalInterface
    interface NextKey {
        /** Never another key: rows whose key is taken stay out. */
        NextKey NONE = (index, attempt) -> null;

        /**
         * The next candidate.
         *
         * @param index the draft's position
         * @param attempt how many keys of this draft were taken, from 1
         * @return null to give up
         */
        @Nullable
        LinkKey after(int index, int attempt);
    }
}
