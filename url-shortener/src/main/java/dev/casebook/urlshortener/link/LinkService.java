package dev.casebook.urlshortener.link;

import dev.casebook.urlshortener.id.ShortCodeGenerator;
import dev.casebook.urlshortener.id.ShortCodes;
import dev.casebook.urlshortener.id.ShortCodesUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes, changes and finds links: checks the request ({@link LinkRules}), lets the store decide what only it can decide
 * ({@link LinkRepository}), and tells the caches after the commit ({@link LinkChangePublisher}).
 *
 * <p>Blocking, to be called on virtual threads; safe for concurrent use. Every method throws
 * {@link LinkStoreUnavailableException} when the store cannot answer now, and those that make links
 * {@link ShortCodesUnavailableException} when no code can be made now. The publisher given must not throw once it has
 * the outbox behind it: at that point the change is committed and the caller must hear so.
 */
public final class LinkService {
    /** Generated candidates tried for one link before giving up. */
    public static final int CANDIDATES_MAX = 16;

    /** How long an idempotency key is remembered. */
    public static final Duration IDEMPOTENCY_WINDOW = Duration.ofHours(24);

    /** Rows of one bulk create. */
    public static final int BULK_ROWS_MAX = 10_000;

    /** Links on one page of a listing. */
    public static final int PAGE_LINKS_MAX = 1_000;

    private final LinkRepository repository;
    private final LinkChangePublisher publisher;
    private final LinkRules rules;
    private final ShortCodes codes;
    private final TitleSource titles;
    private final RequestFingerprint fingerprint;
    private final InstantSource clock;
    private final GroupCommit group;

    /** Wires the service; see the class comment for what the publisher must keep. */
    public LinkService(
            LinkRepository repository,
            LinkChangePublisher publisher,
            LinkRules rules,
            ShortCodes codes,
            TitleSource titles,
            RequestFingerprint fingerprint,
            InstantSource clock) {
        this.repository = repository;
        this.publisher = publisher;
        this.rules = rules;
        this.codes = codes;
        this.titles = titles;
        this.fingerprint = fingerprint;
        this.clock = clock;
        group = new GroupCommit(
                drafts -> repository.insertAll(drafts, LinkRepository.NextKey.NONE),
                publisher,
                task -> Thread.ofVirtual().name("group-commit").start(task));
    }

    /**
     * The key that a domain and slug, as a caller typed them, stand for.
     *
     * @param domain with or without port; null or empty for the default domain
     */
    public Checked<LinkKey> keyOf(@Nullable String domain, String slug) {
        return rules.key(domain == null ? "" : domain, slug);
    }

    /**
     * The key that a custom slug would have, or why it may not be one. Whether it is free is for the store to say.
     *
     * @param domain as in {@link #keyOf}
     */
    public Checked<LinkKey> customKey(@Nullable String domain, String slug) {
        try {
            String checked = rules.customSlug(slug);
            return keyOf(domain, checked);
        } catch (RefusedException refused) {
            return new Checked.Refused<>(refused.rejection());
        }
    }

    /** A place to lead visitors to in the form it is stored in, or why they may not be led there. */
    public Checked<NormalizedUrl> destination(String url) {
        try {
            return new Checked.Accepted<>(rules.destination(url));
        } catch (RefusedException refused) {
            return new Checked.Refused<>(refused.rejection());
        }
    }

    /**
     * Makes a link. One round trip to the store, unless {@code findIfExists} is asked or a candidate was taken; creates with
     * generated codes and no further terms share it ({@link GroupCommit}).
     */
    public CreateResult create(Visibility visibility, CreateLink request) {
        try {
            rules.checkIdempotencyKey(request.idempotencyKey());
            Instant now = clock.instant();
            Prepared prepared = prepare(visibility, request, now);
            IdempotencyClaim claim = claimOf(request, now);
            if (claim != null && request.fetchTitle()) {
                // A repetition must not fetch the page again: its title may have changed, its host may be slow.
                Optional<CreateResult> earlier = earlierResult(claim);
                if (earlier.isPresent()) {
                    return earlier.get();
                }
            }
            return insert(visibility, request, withTitle(prepared, request), claim);
        } catch (RefusedException refused) {
            return new CreateResult.Rejected(refused.rejection());
        }
    }

    /**
     * Makes many links in one transaction, each row on its own terms: a refused or taken row does not stop the others.
     * Rows that ask for {@code findIfExists}, a fetched title or an idempotency key are made one by one afterwards.
     *
     * @return one result for each request, in order
     * @throws IllegalArgumentException for more than {@link #BULK_ROWS_MAX} rows
     */
    public List<CreateResult> createAll(Visibility visibility, List<CreateLink> requests) {
        if (requests.size() > BULK_ROWS_MAX) {
            throw new IllegalArgumentException("rows must be <= " + BULK_ROWS_MAX + ": " + requests.size());
        }
        Instant now = clock.instant();
        List<@Nullable CreateResult> results = new ArrayList<>(Collections.nCopies(requests.size(), null));
        List<Prepared> batch = new ArrayList<>(requests.size());
        List<Integer> rows = new ArrayList<>(requests.size());
        for (int row = 0; row < requests.size(); row++) {
            CreateLink request = requests.get(row);
            if (needsItsOwnTransaction(request)) {
                continue;
            }
            try {
                batch.add(prepare(visibility, request, now));
                rows.add(row);
            } catch (RefusedException refused) {
                results.set(row, new CreateResult.Rejected(refused.rejection()));
            }
        }
        List<CreateResult> made = insertBatch(batch);
        for (int i = 0; i < made.size(); i++) {
            results.set(rows.get(i), made.get(i));
        }
        List<CreateResult> all = new ArrayList<>(requests.size());
        for (int row = 0; row < requests.size(); row++) {
            CreateResult result = results.get(row);
            all.add(result == null ? create(visibility, requests.get(row)) : result);
        }
        return all;
    }

    /** Changes a link. */
    public EditResult edit(Visibility visibility, LinkKey key, LinkPatch patch) {
        try {
            LinkPatch checked = rules.checked(patch);
            return update(visibility, key, link -> rules.apply(checked, link))
                    .<EditResult>map(EditResult.Edited::new)
                    .orElseGet(() -> new EditResult.NotFound(key));
        } catch (RefusedException refused) {
            return new EditResult.Rejected(refused.rejection());
        }
    }

    /**
     * Judges a link's destinations by today's policies and blocks or unblocks it.
     *
     * @return the link as it now stands, or empty when there is none
     */
    public Optional<Link> recheck(LinkKey key) {
        return update(Visibility.ALL, key, link -> link.withBlocked(rules.isCondemned(link)));
    }

    /** Whether today's policies condemn where a link leads. Quick, no store. */
    public boolean isCondemned(Link link) {
        return rules.isCondemned(link);
    }

    /** Deletes a link and frees its key; false when the caller sees no such link. */
    public boolean delete(Visibility visibility, LinkKey key) {
        Optional<LinkChange> change = repository.delete(key, visibility);
        change.ifPresent(publisher::publish);
        return change.isPresent();
    }

    /** Reads a link from the system of record. */
    public Optional<Link> find(Visibility visibility, LinkKey key) {
        return repository.find(key).filter(visibility::covers);
    }

    /**
     * One page of a listing.
     *
     * @param page from 1
     * @param itemsPerPage 1..{@link #PAGE_LINKS_MAX}
     */
    public LinkPage list(LinkQuery query, int page, int itemsPerPage) {
        if (page < 1) {
            throw new IllegalArgumentException("page must be >= 1: " + page);
        }
        requirePageSize(itemsPerPage);
        return repository.list(query, page, itemsPerPage);
    }

    /**
     * The links after those already seen, newest first; see {@link LinkRepository#listBefore}.
     *
     * @param limit 1..{@link #PAGE_LINKS_MAX}
     */
    public List<Link> listBefore(LinkQuery query, long beforeId, int limit) {
        requirePageSize(limit);
        return repository.listBefore(query, beforeId, limit);
    }

    /** At most so many slugs of the default domain that crawlers may follow, in any order. */
    public List<String> crawlableSlugs(int limit) {
        return repository.crawlableSlugs(limit);
    }

    /** The domains that links were ever made on; the empty string is the default one. */
    public List<String> domains() {
        return repository.domains();
    }

    /** All tags in use with their number of links, by name. */
    public List<TagCount> tags(Visibility visibility) {
        return repository.tags(visibility);
    }

    /** Renames a tag on all visible links; the caches hear of it through the outbox. Gives how many links changed. */
    public Checked<Integer> renameTag(Visibility visibility, String tag, String newName) {
        try {
            return new Checked.Accepted<>(repository.replaceTag(tag, LinkRules.tag(newName), visibility));
        } catch (RefusedException refused) {
            return new Checked.Refused<>(refused.rejection());
        }
    }

    /** Takes tags away from all visible links; gives how many changes that made. */
    public int deleteTags(Visibility visibility, Set<String> tags) {
        int changed = 0;
        for (String tag : tags) {
            changed += repository.replaceTag(tag, null, visibility);
        }
        return changed;
    }

    private static void requirePageSize(int links) {
        if (links < 1 || links > PAGE_LINKS_MAX) {
            throw new IllegalArgumentException("links per page must be 1.." + PAGE_LINKS_MAX + ": " + links);
        }
    }

    /** A checked request with its first candidate. */
    private record Prepared(
            NormalizedUrl url, LinkDraft draft, @Nullable ShortCodeGenerator generator) {
        LinkKey candidate(int attempt) {
            if (generator == null) {
                throw new IllegalStateException("a custom slug has no further candidates");
            }
            return new LinkKey(draft.key().domain(), generator.next(url.url(), attempt));
        }
    }

    private Prepared prepare(Visibility visibility, CreateLink request, Instant now) {
        NormalizedUrl url = rules.destination(request.longUrl());
        if (request.customSlug() != null) {
            String slug = rules.customSlug(request.customSlug());
            return new Prepared(url, rules.draft(visibility, request, url, slug, now), null);
        }
        rules.checkCodeLength(request.codeLength());
        ShortCodeGenerator generator = codes.choose(request.privateCode(), request.codeLength());
        String slug = generator.next(url.url(), 0);
        return new Prepared(url, rules.draft(visibility, request, url, slug, now), generator);
    }

    private Prepared withTitle(Prepared prepared, CreateLink request) {
        if (!request.fetchTitle() || prepared.draft().title() != null) {
            return prepared;
        }
        LinkDraft titled =
                prepared.draft().withTitle(titles.titleOf(prepared.url()).orElse(null));
        return new Prepared(prepared.url(), titled, prepared.generator());
    }

    private @Nullable IdempotencyClaim claimOf(CreateLink request, Instant now) {
        if (request.idempotencyKey() == null) {
            return null;
        }
        String owner = request.createdBy() == null ? "" : request.createdBy();
        return new IdempotencyClaim(
                owner, request.idempotencyKey(), fingerprint.of(request), now, now.plus(IDEMPOTENCY_WINDOW));
    }

    private CreateResult insert(
            Visibility visibility, CreateLink request, Prepared prepared, @Nullable IdempotencyClaim claim) {
        boolean custom = prepared.generator() == null;
        if (!custom && claim == null && !request.findIfExists()) {
            return insertGrouped(prepared);
        }
        InsertTerms terms =
                new InsertTerms(claim, request.findIfExists() ? new InsertTerms.Match(custom, visibility) : null);
        LinkDraft draft = prepared.draft();
        for (int attempt = 1; ; attempt++) {
            switch (repository.insert(draft, terms)) {
                case InsertOutcome.Inserted inserted -> {
                    Link link = inserted.link();
                    publisher.publish(new LinkChange(link.key(), link.version(), link));
                    return new CreateResult.Created(link);
                }
                case InsertOutcome.Matched matched -> {
                    return new CreateResult.Existing(matched.link());
                }
                case InsertOutcome.Claimed claimed -> {
                    return replay(claimed, claim);
                }
                case InsertOutcome.KeyTaken taken -> {
                    if (custom) {
                        // The slug may be taken by this very request, made before.
                        LinkKey key = draft.key();
                        return earlierResult(claim).orElseGet(() -> new CreateResult.SlugTaken(key));
                    }
                    if (attempt == CANDIDATES_MAX) {
                        return new CreateResult.NoFreeCode(attempt);
                    }
                    draft = draft.withKey(prepared.candidate(attempt));
                }
            }
        }
    }

    private CreateResult insertGrouped(Prepared prepared) {
        LinkDraft draft = prepared.draft();
        for (int attempt = 1; ; attempt++) {
            Optional<Link> link = group.insert(draft);
            if (link.isPresent()) {
                return new CreateResult.Created(link.get());
            }
            if (attempt == CANDIDATES_MAX) {
                return new CreateResult.NoFreeCode(attempt);
            }
            draft = draft.withKey(prepared.candidate(attempt));
        }
    }

    private Optional<CreateResult> earlierResult(@Nullable IdempotencyClaim claim) {
        return claim == null ? Optional.empty() : repository.findClaim(claim).map(claimed -> replay(claimed, claim));
    }

    private static CreateResult replay(InsertOutcome.Claimed claimed, @Nullable IdempotencyClaim claim) {
        if (claim == null) {
            throw new IllegalStateException("the store reports an idempotency key that was not given");
        }
        if (!claimed.fingerprint().equals(claim.fingerprint())) {
            return new CreateResult.IdempotencyKeyReused(claim.idempotencyKey());
        }
        return claimed.link()
                .<CreateResult>map(CreateResult.Replayed::new)
                .orElseGet(() -> new CreateResult.CreatedThenDeleted(claimed.key()));
    }

    private static boolean needsItsOwnTransaction(CreateLink request) {
        return request.findIfExists() || request.fetchTitle() || request.idempotencyKey() != null;
    }

    private List<CreateResult> insertBatch(List<Prepared> batch) {
        if (batch.isEmpty()) {
            return List.of();
        }
        List<Optional<Link>> links = repository.insertAll(
                batch.stream().map(Prepared::draft).toList(),
                (index, attempt) -> batch.get(index).generator() == null || attempt >= CANDIDATES_MAX
                        ? null
                        : batch.get(index).candidate(attempt));
        publisher.publishAll(links.stream()
                .flatMap(Optional::stream)
                .map(link -> new LinkChange(link.key(), link.version(), link))
                .toList());
        List<CreateResult> results = new ArrayList<>(batch.size());
        for (int i = 0; i < batch.size(); i++) {
            Prepared prepared = batch.get(i);
            CreateResult taken = prepared.generator() == null
                    ? new CreateResult.SlugTaken(prepared.draft().key())
                    : new CreateResult.NoFreeCode(CANDIDATES_MAX);
            results.add(
                    links.get(i).<CreateResult>map(CreateResult.Created::new).orElse(taken));
        }
        return results;
    }

    private Optional<Link> update(Visibility visibility, LinkKey key, UnaryOperator<Link> edit) {
        long[] versionBefore = {-1};
        Optional<Link> updated = repository.update(key, visibility, link -> {
            versionBefore[0] = link.version();
            return edit.apply(link);
        });
        updated.filter(link -> link.version() != versionBefore[0])
                .ifPresent(link -> publisher.publish(new LinkChange(key, link.version(), link)));
        return updated;
    }
}
