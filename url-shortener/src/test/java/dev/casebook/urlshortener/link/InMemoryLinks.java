package dev.casebook.urlshortener.link;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The repository's contract in its simplest form, one lock around two maps: the model that the PostgreSQL one is compared with
 * ({@link LinkRepositoryContract} runs on both), and a fast stand-in for tests of the rules above it.
 */
public final class InMemoryLinks implements LinkRepository {
    private final InstantSource clock;
    private final Map<LinkKey, Link> live = new HashMap<>();
    private final Map<List<String>, Claim> claims = new HashMap<>();
    private final Set<String> domains = new TreeSet<>();
    private long lastId;
    private long lastVersion;

    private record Claim(String fingerprint, LinkKey key, long linkId, Instant expiresAt) {}

    public InMemoryLinks(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized Optional<Link> find(LinkKey key) {
        return Optional.ofNullable(live.get(key));
    }

    @Override
    public synchronized InsertOutcome insert(LinkDraft draft, InsertTerms terms) {
        if (terms.match() != null) {
            Optional<Link> served = live.values().stream()
                    .filter(terms.match().visibility()::covers)
                    .filter(link -> draft.isServedBy(link, terms.match().slugToo()))
                    .min(Comparator.comparingLong(Link::id));
            if (served.isPresent()) {
                return new InsertOutcome.Matched(served.get());
            }
        }
        if (live.containsKey(draft.key())) {
            return new InsertOutcome.KeyTaken();
        }
        if (terms.claim() != null) {
            Optional<InsertOutcome.Claimed> claimed = findClaim(terms.claim());
            if (claimed.isPresent()) {
                return claimed.get();
            }
        }
        Link link = store(draft);
        if (terms.claim() != null) {
            claims.put(
                    List.of(terms.claim().owner(), terms.claim().idempotencyKey()),
                    new Claim(
                            terms.claim().fingerprint(),
                            link.key(),
                            link.id(),
                            terms.claim().expiresAt()));
        }
        return new InsertOutcome.Inserted(link);
    }

    private Link store(LinkDraft draft) {
        Link link = draft.stored(++lastId, ++lastVersion);
        live.put(link.key(), link);
        domains.add(link.key().domain());
        return link;
    }

    @Override
    public synchronized List<Optional<Link>> insertAll(List<LinkDraft> drafts, NextKey nextKey) {
        List<Optional<Link>> links = new ArrayList<>();
        for (int i = 0; i < drafts.size(); i++) {
            LinkDraft draft = drafts.get(i);
            LinkKey key = draft.key();
            for (int taken = 1; key != null && live.containsKey(key); taken++) {
                key = nextKey.after(i, taken);
            }
            links.add(key == null ? Optional.empty() : Optional.of(store(draft.withKey(key))));
        }
        return links;
    }

    @Override
    public synchronized Optional<InsertOutcome.Claimed> findClaim(IdempotencyClaim claim) {
        Claim found = claims.get(List.of(claim.owner(), claim.idempotencyKey()));
        if (found == null || !found.expiresAt().isAfter(claim.now())) {
            return Optional.empty();
        }
        return Optional.of(new InsertOutcome.Claimed(
                found.fingerprint(), found.key(), find(found.key()).filter(link -> link.id() == found.linkId())));
    }

    @Override
    public synchronized Optional<Link> update(LinkKey key, Visibility visibility, UnaryOperator<Link> edit) {
        return find(key).filter(visibility::covers).map(link -> {
            Link after = edit.apply(link);
            if (after.equals(link)) {
                return link;
            }
            Link stored = after.withVersion(++lastVersion);
            live.put(key, stored);
            return stored;
        });
    }

    @Override
    public synchronized Optional<LinkChange> delete(LinkKey key, Visibility visibility) {
        return find(key).filter(visibility::covers).map(link -> {
            live.remove(key);
            return new LinkChange(key, ++lastVersion, null);
        });
    }

    @Override
    public synchronized LinkPage list(LinkQuery query, int page, int itemsPerPage) {
        List<Link> matching = matching(query).sorted(order(query)).toList();
        return new LinkPage(
                matching.stream()
                        .skip((page - 1L) * itemsPerPage)
                        .limit(itemsPerPage)
                        .toList(),
                page,
                itemsPerPage,
                matching.size());
    }

    private static Comparator<Link> order(LinkQuery query) {
        Comparator<Link> key = switch (query.orderBy()) {
            case DATE_CREATED, VISITS, NON_BOT_VISITS -> Comparator.comparingLong(Link::id);
            case SHORT_CODE -> Comparator.comparing(link -> link.key().slug());
            case LONG_URL -> Comparator.comparing(Link::longUrl);
            case TITLE -> Comparator.comparing(link -> String.valueOf(link.title()));
        };
        Comparator<Link> ascending = key.thenComparingLong(Link::id);
        return query.descending() ? ascending.reversed() : ascending;
    }

    @Override
    public synchronized List<Link> listBefore(LinkQuery query, long beforeId, int limit) {
        return matching(query)
                .filter(link -> link.id() < beforeId)
                .sorted(Comparator.comparingLong(Link::id).reversed())
                .limit(limit)
                .toList();
    }

    private Stream<Link> matching(LinkQuery query) {
        Predicate<Link> all = query.visibility()::covers;
        String term = query.searchTerm();
        if (term != null) {
            all = all.and(link -> contains(link.key().slug(), term)
                    || contains(link.longUrl(), term)
                    || (link.title() != null && contains(link.title(), term))
                    || link.tags().contains(term));
        }
        if (!query.tags().isEmpty()) {
            all = all.and(link -> has(link, query.tags(), query.tagsMode()));
        }
        if (!query.excludedTags().isEmpty()) {
            all = all.and(link -> !has(link, query.excludedTags(), query.excludedTagsMode()));
        }
        Instant now = clock.instant();
        return live.values().stream()
                .filter(all)
                .filter(link -> query.domain() == null
                        || query.domain().equals(link.key().domain()))
                .filter(link -> query.createdBy() == null || query.createdBy().equals(link.createdBy()))
                .filter(link -> query.startDate() == null || !link.createdAt().isBefore(query.startDate()))
                .filter(link -> query.endDate() == null || !link.createdAt().isAfter(query.endDate()))
                .filter(link -> !query.excludePastValidUntil()
                        || link.validUntil() == null
                        || link.validUntil().isAfter(now));
    }

    private static boolean has(Link link, Set<String> tags, LinkQuery.TagsMode mode) {
        return switch (mode) {
            case ANY -> tags.stream().anyMatch(link.tags()::contains);
            case ALL -> link.tags().containsAll(tags);
        };
    }

    private static boolean contains(String text, String term) {
        return text.toLowerCase(Locale.ROOT).contains(term.toLowerCase(Locale.ROOT));
    }

    @Override
    public synchronized List<TagCount> tags(Visibility visibility) {
        Map<String, Long> counts = new TreeMap<>();
        live.values().stream()
                .filter(visibility::covers)
                .flatMap(link -> link.tags().stream())
                .forEach(tag -> counts.merge(tag, 1L, Long::sum));
        return counts.entrySet().stream()
                .map(entry -> new TagCount(entry.getKey(), entry.getValue()))
                .toList();
    }

    @Override
    public synchronized List<String> crawlableSlugs(int limit) {
        return live.values().stream()
                .filter(link -> link.crawlable() && link.key().domain().isEmpty())
                .map(link -> link.key().slug())
                .limit(limit)
                .toList();
    }

    @Override
    public synchronized List<String> domains() {
        return List.copyOf(domains);
    }

    @Override
    public synchronized int replaceTag(String tag, @Nullable String replacement, Visibility visibility) {
        if (tag.equals(replacement)) {
            return 0;
        }
        List<Link> tagged = live.values().stream()
                .filter(visibility::covers)
                .filter(link -> link.tags().contains(tag))
                .toList();
        for (Link link : tagged) {
            Set<String> tags = new TreeSet<>(link.tags());
            tags.remove(tag);
            if (replacement != null) {
                tags.add(replacement);
            }
            live.put(link.key(), Links.withTags(link, tags).withVersion(++lastVersion));
        }
        return tagged.size();
    }
}
