package dev.casebook.urlshortener.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.link.LinkQuery.TagsMode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LinkRepository} must do. Keys are fresh for each test, so that tests can share a database. */
public abstract class LinkRepositoryContract {
    private static final AtomicInteger TESTS = new AtomicInteger();
    private static final int THREADS = 64;
    protected static final Instant NOW = Links.CREATED.plusSeconds(60);

    private String tag = "";

    @BeforeEach
    void takeFreshNames() {
        tag = "t" + TESTS.incrementAndGet();
    }

    /** The repository under test, on a clock that stands at {@link #NOW}. */
    protected abstract LinkRepository repository();

    private String slug(String name) {
        return tag + "-" + name;
    }

    private LinkDraft draft(String name) {
        return Links.draft(slug(name), url(name));
    }

    private String url(String name) {
        return "https://example.com/" + slug(name);
    }

    private Link insert(LinkDraft draft) {
        return ((InsertOutcome.Inserted) repository().insert(draft, InsertTerms.NONE)).link();
    }

    @Test
    void readsBackEveryPartOfALink() {
        LinkDraft draft = Links.fullDraft(slug("full"));

        Link link = insert(draft);

        assertThat(link).isEqualTo(draft.stored(link.id(), link.version()));
        assertThat(repository().find(draft.key())).contains(link);
    }

    @Test
    void bulkInsertWritesTheSameAsSingleInserts() {
        LinkDraft full = Links.fullDraft(slug("bulk"));
        LinkDraft plain = draft("plain");

        List<Optional<Link>> links = repository().insertAll(List.of(full, plain), LinkRepository.NextKey.NONE);

        assertThat(links).allMatch(Optional::isPresent);
        assertThat(repository().find(full.key())).isEqualTo(links.get(0));
        assertThat(repository().find(plain.key())).isEqualTo(links.get(1));
        Link first = links.get(0).orElseThrow();
        assertThat(first).isEqualTo(full.stored(first.id(), first.version()));
    }

    @Test
    void keysDifferByDomainAndByCase() {
        LinkDraft lower = draft("same");
        LinkDraft upper = Links.draft(slug("SAME"), url("other"));
        LinkDraft elsewhere = Links.draft("other.example", slug("same"), url("other"), Set.of(), null);

        insert(lower);
        insert(upper);
        insert(elsewhere);

        assertThat(repository().find(lower.key()).orElseThrow().longUrl()).isEqualTo(url("same"));
        assertThat(repository().find(elsewhere.key()).orElseThrow().longUrl()).isEqualTo(url("other"));
    }

    @Test
    void aLiveKeyIsTakenAndADeletedOneIsFreeAgain() {
        Link first = insert(draft("reused"));
        assertThat(repository().insert(draft("reused"), InsertTerms.NONE)).isEqualTo(new InsertOutcome.KeyTaken());

        LinkChange deleted = repository().delete(first.key(), Visibility.ALL).orElseThrow();
        assertThat(repository().find(first.key())).isEmpty();
        assertThat(repository().delete(first.key(), Visibility.ALL)).isEmpty();
        Link second = insert(draft("reused"));

        assertThat(deleted.link()).isNull();
        assertThat(second.id()).isGreaterThan(first.id());
        assertThat(List.of(first.version(), deleted.version(), second.version()))
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void aRevivedLinkKeepsNothingOfTheDeletedOne() {
        LinkDraft full = Links.fullDraft(slug("revived"));
        insert(full);
        repository().update(full.key(), Visibility.ALL, link -> link.withBlocked(true));
        repository().delete(full.key(), Visibility.ALL);
        LinkDraft plain = Links.draft("s.example", slug("revived"), "https://example.org/", Set.of(), null);

        Link revived = insert(plain);

        assertThat(repository().find(full.key())).contains(plain.stored(revived.id(), revived.version()));
    }

    @Test
    void ofManyWhoCreateOneSlugExactlyOneWins() throws Exception {
        List<InsertOutcome> outcomes =
                atOnce(i -> repository().insert(Links.draft(slug("raced"), url("raced" + i)), InsertTerms.NONE));

        assertThat(outcomes)
                .filteredOn(InsertOutcome.Inserted.class::isInstance)
                .hasSize(1);
        assertThat(outcomes)
                .filteredOn(InsertOutcome.KeyTaken.class::isInstance)
                .hasSize(THREADS - 1);
        Link winner = outcomes.stream()
                .filter(InsertOutcome.Inserted.class::isInstance)
                .map(outcome -> ((InsertOutcome.Inserted) outcome).link())
                .findFirst()
                .orElseThrow();
        assertThat(repository().find(winner.key())).contains(winner);
    }

    @Test
    void ofManyWhoReviveOneSlugExactlyOneWins() throws Exception {
        Link deleted = insert(draft("revival"));
        repository().delete(deleted.key(), Visibility.ALL);

        List<InsertOutcome> outcomes = atOnce(i -> repository().insert(draft("revival"), InsertTerms.NONE));

        assertThat(outcomes)
                .filteredOn(InsertOutcome.Inserted.class::isInstance)
                .hasSize(1);
    }

    @Test
    void ofManyWhoAskToFindAnEqualLinkAllGetTheSame() throws Exception {
        InsertTerms terms = new InsertTerms(null, new InsertTerms.Match(false, Visibility.ALL));

        List<InsertOutcome> outcomes =
                atOnce(i -> repository().insert(Links.draft(slug("f" + i), url("found")), terms));

        assertThat(outcomes)
                .filteredOn(InsertOutcome.Inserted.class::isInstance)
                .hasSize(1);
        assertThat(outcomes.stream()
                        .map(outcome -> switch (outcome) {
                            case InsertOutcome.Inserted inserted -> inserted.link();
                            case InsertOutcome.Matched matched -> matched.link();
                            default -> throw new AssertionError(outcome);
                        })
                        .distinct())
                .hasSize(1);
    }

    @Test
    void findsAnEqualLinkOnlyAmongTheVisibleOnes() {
        InsertTerms mine = new InsertTerms(null, new InsertTerms.Match(false, new Visibility("mine", null)));
        LinkDraft theirs = Links.draft("", slug("theirs"), url("shared"), Set.of(), "theirs");
        LinkDraft own = Links.draft("", slug("own"), url("shared"), Set.of(), "mine");
        insert(theirs);

        assertThat(repository().insert(own, mine)).isInstanceOf(InsertOutcome.Inserted.class);
        assertThat(repository().insert(own.withKey(LinkKey.ofSlug(slug("own2"))), mine))
                .isInstanceOf(InsertOutcome.Matched.class);
    }

    @Test
    void ofManyWhoUseOneIdempotencyKeyOneInsertsAndTheOthersLearnOfIt() throws Exception {
        List<InsertOutcome> outcomes =
                atOnce(i -> repository().insert(draft("i" + i), new InsertTerms(claim("raced", "same"), null)));

        Link made = outcomes.stream()
                .filter(InsertOutcome.Inserted.class::isInstance)
                .map(outcome -> ((InsertOutcome.Inserted) outcome).link())
                .reduce((a, b) -> {
                    throw new AssertionError("two links for one idempotency key: " + a + ", " + b);
                })
                .orElseThrow();
        assertThat(outcomes)
                .filteredOn(InsertOutcome.Claimed.class::isInstance)
                .hasSize(THREADS - 1)
                .allSatisfy(outcome ->
                        assertThat(((InsertOutcome.Claimed) outcome).link()).contains(made));
        assertThat(IntStream.range(0, THREADS)
                        .filter(i -> repository().find(draft("i" + i).key()).isPresent()))
                .hasSize(1);
    }

    @Test
    void idempotencyKeysOfDifferentOwnersAreDifferent() {
        InsertTerms ours = new InsertTerms(claim("common", "a"), null);
        IdempotencyClaim other = new IdempotencyClaim("someone else", tag + "common", "b", NOW, NOW.plusSeconds(60));

        assertThat(repository().insert(draft("o1"), ours)).isInstanceOf(InsertOutcome.Inserted.class);
        assertThat(repository().insert(draft("o2"), new InsertTerms(other, null)))
                .isInstanceOf(InsertOutcome.Inserted.class);
    }

    @Test
    void anExpiredIdempotencyKeyIsNewAgain() {
        InsertTerms first = new InsertTerms(claim("expiring", "a"), null);
        IdempotencyClaim later = new IdempotencyClaim(
                "owner", tag + "expiring", "b", NOW.plus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(2)));
        insert(draft("unrelated"));
        repository().insert(draft("e1"), first);

        assertThat(repository().findClaim(later)).isEmpty();
        assertThat(repository().insert(draft("e2"), new InsertTerms(later, null)))
                .isInstanceOf(InsertOutcome.Inserted.class);
        assertThat(repository().findClaim(later).orElseThrow().fingerprint()).isEqualTo("b");
    }

    @Test
    void anIdempotencyKeyRemembersTheKeyOfALinkThatIsGone() {
        IdempotencyClaim claim = claim("gone", "a");
        repository().insert(draft("gone"), new InsertTerms(claim, null));
        repository().delete(draft("gone").key(), Visibility.ALL);
        insert(draft("gone"));

        InsertOutcome.Claimed claimed = repository().findClaim(claim).orElseThrow();

        assertThat(claimed.key()).isEqualTo(draft("gone").key());
        assertThat(claimed.link()).as("the slug now belongs to another link").isEmpty();
    }

    private IdempotencyClaim claim(String name, String fingerprint) {
        return new IdempotencyClaim("owner", tag + name, fingerprint, NOW, NOW.plusSeconds(60));
    }

    @Test
    void anEditWritesWhatItReturnsAndNothingWhenThatIsTheSame() {
        Link link = insert(draft("edited"));

        Link edited = repository()
                .update(link.key(), Visibility.ALL, before -> Links.withLongUrl(before, "https://example.org/new"))
                .orElseThrow();
        Link same = repository()
                .update(link.key(), Visibility.ALL, before -> before)
                .orElseThrow();

        assertThat(edited.version()).isGreaterThan(link.version());
        assertThat(edited.longUrl()).isEqualTo("https://example.org/new");
        assertThat(same).isEqualTo(edited);
        assertThat(repository().find(link.key())).contains(edited);
    }

    @Test
    void anEditThatThrowsLeavesTheLinkAsItWas() {
        Link link = insert(draft("unharmed"));

        assertThatThrownBy(() -> repository().update(link.key(), Visibility.ALL, before -> {
                    throw new UnsupportedOperationException("no");
                }))
                .isInstanceOf(UnsupportedOperationException.class);

        assertThat(repository().find(link.key())).contains(link);
    }

    @Test
    void whoCannotSeeALinkCannotChangeOrDeleteIt() {
        Link link = insert(Links.draft("", slug("private"), url("private"), Set.of(), "mine"));
        Visibility other = new Visibility("other", null);
        Visibility elsewhere = new Visibility(null, "other.example");

        for (Visibility blind : List.of(other, elsewhere)) {
            assertThat(repository().update(link.key(), blind, before -> before.withBlocked(true)))
                    .isEmpty();
            assertThat(repository().delete(link.key(), blind)).isEmpty();
        }

        assertThat(repository().find(link.key())).contains(link);
        assertThat(repository().delete(link.key(), new Visibility("mine", ""))).isPresent();
    }

    @Test
    void versionsOfAKeyGrowInTheOrderOfItsCommitsWhateverRaces() throws Exception {
        LinkKey key = draft("contended").key();
        List<Long> seenByReader = Collections.synchronizedList(new ArrayList<>());

        List<List<Long>> versions = atOnce(i -> {
            List<Long> mine = new ArrayList<>();
            for (int round = 0; round < 10; round++) {
                switch ((i + round) % 4) {
                    case 0 -> repository().delete(key, Visibility.ALL).ifPresent(change -> mine.add(change.version()));
                    case 1, 2 -> {
                        String longUrl = url("c" + i + "r" + round);
                        repository()
                                .update(key, Visibility.ALL, link -> Links.withLongUrl(link, longUrl))
                                .ifPresent(link -> mine.add(link.version()));
                    }
                    default -> {
                        if (repository().insert(draft("contended"), InsertTerms.NONE)
                                instanceof InsertOutcome.Inserted inserted) {
                            mine.add(inserted.link().version());
                        }
                    }
                }
                if (i == 0) {
                    repository().find(key).ifPresent(link -> seenByReader.add(link.version()));
                }
            }
            return mine;
        });

        assertThat(versions).allSatisfy(mine -> assertThat(mine).isSorted());
        assertThat(versions.stream().flatMap(List::stream).toList()).doesNotHaveDuplicates();
        assertThat(seenByReader).isSorted();
    }

    @Test
    void aBulkInsertReportsTakenRowsAndMakesTheOthers() {
        insert(draft("b1"));

        List<Optional<Link>> links = repository()
                .insertAll(
                        List.of(draft("b0"), draft("b1"), draft("b2"), draft("b0"), draft("b3")),
                        LinkRepository.NextKey.NONE);

        assertThat(links.stream().map(Optional::isPresent)).containsExactly(true, false, true, false, true);
        assertThat(links.get(0).orElseThrow())
                .isEqualTo(repository().find(draft("b0").key()).orElseThrow());
    }

    @Test
    void aBulkInsertTriesFurtherKeysForRowsThatHaveThem() {
        insert(draft("n0"));
        insert(draft("n1"));

        List<Optional<Link>> links = repository()
                .insertAll(
                        List.of(draft("n0"), draft("n0")),
                        (index, attempt) -> attempt <= 3 ? LinkKey.ofSlug(slug("n" + attempt)) : null);

        assertThat(links.stream().map(link -> link.orElseThrow().key().slug()))
                .containsExactlyInAnyOrder(slug("n2"), slug("n3"));
    }

    @Test
    void bulkInsertsThatOverlapDoNotHinderEachOther() throws Exception {
        List<LinkDraft> drafts =
                IntStream.range(0, 50).mapToObj(i -> draft("overlap" + i)).toList();

        List<List<Optional<Link>>> results = atOnce(i -> {
            List<LinkDraft> shuffled = new ArrayList<>(drafts);
            Collections.shuffle(shuffled, new Random(i));
            return repository().insertAll(shuffled, LinkRepository.NextKey.NONE);
        });

        assertThat(results.stream().flatMap(List::stream).filter(Optional::isPresent))
                .hasSize(drafts.size());
    }

    @Test
    void filtersCombine() {
        String maker = tag + "maker";
        insert(Links.draft("", slug("l1"), "https://example.com/Alpha%20One", Set.of(tag + "x", tag + "y"), maker));
        insert(Links.draft("", slug("l2"), "https://example.com/beta_two", Set.of(tag + "x"), maker));
        insert(Links.draft("d.example", slug("l3"), "https://example.com/gamma", Set.of(tag + "y"), maker));
        insert(Links.draft("", slug("l4"), "https://example.com/delta", Set.of(), maker));
        repository().delete(LinkKey.ofSlug(slug("l4")), Visibility.ALL);

        assertThat(slugs(LinkQuery.builder().createdBy(maker))).containsExactly("l3", "l2", "l1");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).orderBy(LinkQuery.Order.DATE_CREATED, false)))
                .containsExactly("l1", "l2", "l3");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).orderBy(LinkQuery.Order.LONG_URL, true)))
                .containsExactly("l3", "l2", "l1");
        assertThat(slugs(LinkQuery.builder().visibility(new Visibility(maker, "d.example"))))
                .containsExactly("l3");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).domain(""))).containsExactly("l2", "l1");
        assertThat(slugs(LinkQuery.builder().tags(Set.of(tag + "x", tag + "y"), TagsMode.ANY)))
                .containsExactly("l3", "l2", "l1");
        assertThat(slugs(LinkQuery.builder().tags(Set.of(tag + "x", tag + "y"), TagsMode.ALL)))
                .containsExactly("l1");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).excludedTags(Set.of(tag + "x"), TagsMode.ANY)))
                .containsExactly("l3");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).searchTerm("ALPHA")))
                .containsExactly("l1");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).searchTerm("a_t")))
                .containsExactly("l2");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).searchTerm("%"))).containsExactly("l1");
        assertThat(slugs(LinkQuery.builder().searchTerm(tag + "y"))).containsExactly("l3", "l1");
        assertThat(slugs(LinkQuery.builder().searchTerm(slug("l2")))).containsExactly("l2");
        assertThat(slugs(LinkQuery.builder().createdBy(maker).endDate(Links.CREATED.minusSeconds(1))))
                .isEmpty();
        assertThat(slugs(LinkQuery.builder()
                        .createdBy(maker)
                        .startDate(Links.CREATED)
                        .endDate(Links.CREATED)))
                .hasSize(3);
    }

    private List<String> slugs(LinkQuery.Builder query) {
        return repository().list(query.build(), 1, 100).links().stream()
                .map(link -> link.key().slug().substring(tag.length() + 1))
                .toList();
    }

    @Test
    void leavesOutLinksPastTheirValidity() {
        String maker = tag + "maker";
        insert(Links.draft("", slug("ever"), url("ever"), Set.of(), maker));
        insert(Links.draft("", slug("past"), url("past"), Set.of(), maker));
        repository().update(LinkKey.ofSlug(slug("past")), Visibility.ALL, link -> Links.withValidUntil(link, NOW));

        assertThat(slugs(LinkQuery.builder().createdBy(maker).excludePastValidUntil(true)))
                .containsExactly("ever");
    }

    @Test
    void pagesAndKeysetReachEveryLinkOnce() {
        String maker = tag + "maker";
        for (int i = 0; i < 7; i++) {
            insert(Links.draft("", slug("p" + i), url("p" + i), Set.of(), maker));
        }
        LinkQuery query = LinkQuery.builder().createdBy(maker).build();

        LinkPage second = repository().list(query, 2, 3);
        assertThat(second.links().stream().map(link -> link.key().slug()))
                .containsExactly(slug("p3"), slug("p2"), slug("p1"));
        assertThat(second.totalItems()).isEqualTo(7);
        assertThat(second.pagesCount()).isEqualTo(3);
        assertThat(repository().list(query, 4, 3).links()).isEmpty();

        List<String> seen = new ArrayList<>();
        long before = Long.MAX_VALUE;
        List<Link> page;
        do {
            page = repository().listBefore(query, before, 3);
            for (Link link : page) {
                seen.add(link.key().slug());
                before = link.id();
            }
        } while (!page.isEmpty());
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.iterate(6, i -> i - 1)
                        .limit(7)
                        .mapToObj(i -> slug("p" + i))
                        .toList());
    }

    @Test
    void tagsAreCountedRenamedAndTakenAway() {
        Visibility mine = new Visibility(tag + "maker", null);
        insert(Links.draft("", slug("a"), url("a"), Set.of("red", "blue"), mine.createdBy()));
        insert(Links.draft("", slug("b"), url("b"), Set.of("red"), mine.createdBy()));
        insert(Links.draft("", slug("c"), url("c"), Set.of("red"), "other"));

        assertThat(repository().tags(mine)).containsExactly(new TagCount("blue", 1), new TagCount("red", 2));
        long versionBefore =
                repository().find(LinkKey.ofSlug(slug("a"))).orElseThrow().version();
        assertThat(repository().replaceTag("red", "blue", mine)).isEqualTo(2);
        assertThat(repository().tags(mine)).containsExactly(new TagCount("blue", 2));
        assertThat(repository().find(LinkKey.ofSlug(slug("a"))).orElseThrow().version())
                .isGreaterThan(versionBefore);
        assertThat(repository().replaceTag("blue", null, mine)).isEqualTo(2);
        assertThat(repository().tags(mine)).isEmpty();
        assertThat(repository().find(LinkKey.ofSlug(slug("c"))).orElseThrow().tags())
                .containsExactly("red");
    }

    @Test
    void knowsTheDomainsInUseAndTheSlugsForCrawlers() {
        insert(Links.draft(tag + ".example", slug("d"), url("d"), Set.of(), null));
        insert(Links.draft("", slug("hidden"), url("d"), Set.of(), null));
        LinkDraft full = Links.fullDraft(slug("crawlable"));
        insert(full.withKey(LinkKey.ofSlug(slug("crawlable"))));

        assertThat(repository().domains())
                .contains("", tag + ".example")
                .isSorted()
                .doesNotHaveDuplicates();
        assertThat(repository().crawlableSlugs(1_000))
                .contains(slug("crawlable"))
                .doesNotContain(slug("hidden"));
    }

    /** Runs an action on many threads at the same moment; gives the results by number. */
    protected static <T> List<T> atOnce(Numbered<T> action) throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<T>> tasks = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                tasks.add(() -> {
                    start.await();
                    return action.run(number);
                });
            }
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(tasks)) {
                results.add(result.get());
            }
            return results;
        }
    }

    /** An action that knows its number, from 0. */
    @FunctionalInterface
    protected interface Numbered<T> {
        T run(int number) throws Exception;
    }
}
