package dev.casebook.urlshortener.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Creates that share transactions end as if each had had one of its own; the oracle is arithmetic on who asked for which key. */
class GroupCommitPropertyTest {
    private static final String REFUSED = "https://example.com/refused-by-the-store";
    private static final String AWAY = "https://example.com/store-away";

    private enum Ending {
        MADE,
        TAKEN,
        REFUSED,
        UNAVAILABLE
    }

    private static Ending ending(Future<Optional<Link>> create) throws InterruptedException {
        try {
            return create.get().isPresent() ? Ending.MADE : Ending.TAKEN;
        } catch (ExecutionException failure) {
            return failure.getCause() instanceof LinkStoreUnavailableException ? Ending.UNAVAILABLE : Ending.REFUSED;
        }
    }

    /** A store, what was published, and what happened; fresh for every try. */
    private static final class Scene {
        final InMemoryLinks links = new InMemoryLinks(InstantSource.fixed(Links.CREATED));
        final List<LinkChange> published = Collections.synchronizedList(new ArrayList<>());
        final List<Integer> groups = Collections.synchronizedList(new ArrayList<>());
        final AtomicInteger underWay = new AtomicInteger();
        final AtomicInteger underWayMax = new AtomicInteger();

        /** Like PostgreSQL, it writes all rows of a statement or none. */
        private List<Optional<Link>> insertAll(List<LinkDraft> drafts) {
            underWayMax.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            try {
                groups.add(drafts.size());
                if (drafts.stream().anyMatch(draft -> draft.longUrl().equals(AWAY))) {
                    throw new LinkStoreUnavailableException("away", new IllegalStateException("injected"));
                }
                if (drafts.stream().anyMatch(draft -> draft.longUrl().equals(REFUSED))) {
                    throw new IllegalStateException("a row is refused");
                }
                return links.insertAll(drafts, LinkRepository.NextKey.NONE);
            } finally {
                underWay.decrementAndGet();
            }
        }

        /** Lets all creates queue up behind one that is held in the store, so that they come in groups. */
        List<Future<Optional<Link>>> createTogether(List<LinkDraft> drafts) throws InterruptedException {
            CountDownLatch queued = new CountDownLatch(drafts.size());
            CountDownLatch go = new CountDownLatch(1);
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                GroupCommit group = new GroupCommit(
                        this::insertAll,
                        published::add,
                        task -> threads.execute(() -> {
                            awaitQuietly(go);
                            task.run();
                        }));
                List<Future<Optional<Link>>> creates = new ArrayList<>();
                for (LinkDraft draft : drafts) {
                    creates.add(threads.submit(() -> {
                        queued.countDown();
                        return group.insert(draft);
                    }));
                }
                awaitQuietly(queued);
                go.countDown();
                // An executor that is being closed would refuse the groups that are still to come.
                for (Future<Optional<Link>> create : creates) {
                    ending(create);
                }
                return creates;
            }
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Property(tries = 200)
    void ofEachKeyOneCreateWinsAndExactlyTheWinnersArePublished(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 20) Integer> keys,
            @ForAll Set<@IntRange(max = 20) Integer> before)
            throws InterruptedException {
        Scene scene = new Scene();
        scene.links.insertAll(
                before.stream()
                        .map(key -> draft(key, "https://example.com/before"))
                        .toList(),
                LinkRepository.NextKey.NONE);
        List<LinkDraft> drafts = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            drafts.add(draft(keys.get(i), "https://example.com/" + i));
        }

        List<Future<Optional<Link>>> creates = scene.createTogether(drafts);

        Map<Integer, Integer> winners = new HashMap<>();
        for (int i = 0; i < creates.size(); i++) {
            if (ending(creates.get(i)) == Ending.MADE) {
                winners.merge(keys.get(i), 1, Integer::sum);
                LinkDraft draft = drafts.get(i);
                Link link = creates.get(i).resultNow().orElseThrow();
                assertThat(link).isEqualTo(draft.stored(link.id(), link.version()));
                assertThat(scene.links.find(draft.key())).contains(link);
                assertThat(scene.published).contains(new LinkChange(link.key(), link.version(), link));
            }
        }
        Set<Integer> free = new HashSet<>(keys);
        free.removeAll(before);
        assertThat(winners.keySet()).isEqualTo(free);
        assertThat(winners.values()).allMatch(count -> count == 1);
        assertThat(scene.published).hasSize(free.size());
    }

    @Property(tries = 200)
    void rowsThatTheStoreRefusesFailAlone(@ForAll @Size(min = 1, max = 60) List<Boolean> refused)
            throws InterruptedException {
        Scene scene = new Scene();
        List<LinkDraft> drafts = new ArrayList<>();
        for (int i = 0; i < refused.size(); i++) {
            drafts.add(draft(i, refused.get(i) ? REFUSED : "https://example.com/" + i));
        }

        List<Future<Optional<Link>>> creates = scene.createTogether(drafts);

        for (int i = 0; i < creates.size(); i++) {
            assertThat(ending(creates.get(i))).isEqualTo(refused.get(i) ? Ending.REFUSED : Ending.MADE);
        }
    }

    @Property(tries = 200)
    void whenTheStoreIsAwayWhoeverHearsOfALinkHasItAndNobodyIsLeftWaiting(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(max = 9) Integer> draws) throws InterruptedException {
        Scene scene = new Scene();
        List<LinkDraft> drafts = new ArrayList<>();
        for (int i = 0; i < draws.size(); i++) {
            drafts.add(draft(i, draws.get(i) == 0 ? AWAY : "https://example.com/" + i));
        }

        List<Future<Optional<Link>>> creates = scene.createTogether(drafts);

        for (int i = 0; i < creates.size(); i++) {
            Ending ending = ending(creates.get(i));
            assertThat(ending).isIn(Ending.MADE, Ending.UNAVAILABLE);
            assertThat(scene.links.find(drafts.get(i).key()).isPresent()).isEqualTo(ending == Ending.MADE);
        }
    }

    @Example
    void groupsAndTransactionsAtATimeAreBounded() throws InterruptedException {
        Scene scene = new Scene();
        List<LinkDraft> drafts = new ArrayList<>();
        for (int i = 0; i < 3 * GroupCommit.LINKS_MAX; i++) {
            drafts.add(draft(i, "https://example.com/" + i));
        }

        scene.createTogether(drafts);

        assertThat(scene.groups).allMatch(size -> size <= GroupCommit.LINKS_MAX);
        assertThat(scene.groups.stream().mapToInt(Integer::intValue).sum()).isEqualTo(drafts.size());
        assertThat(scene.underWayMax).hasValueLessThanOrEqualTo(GroupCommit.TRANSACTIONS_MAX);
    }

    @Example
    void nobodyIsToldBeforeCommitAndPublication() {
        Scene scene = new Scene();
        CountDownLatch commit = new CountDownLatch(1);
        CountDownLatch publication = new CountDownLatch(1);
        AtomicInteger committed = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            GroupCommit group = new GroupCommit(
                    drafts -> {
                        awaitQuietly(commit);
                        committed.incrementAndGet();
                        return scene.links.insertAll(drafts, LinkRepository.NextKey.NONE);
                    },
                    change -> awaitQuietly(publication),
                    threads);
            Future<Optional<Link>> create = threads.submit(() -> group.insert(draft(1, "https://example.com/")));

            assertThat(create.isDone()).isFalse();
            commit.countDown();
            await().until(() -> committed.get() == 1);
            assertThat(create.isDone()).isFalse();
            publication.countDown();

            await().until(create::isDone);
            assertThat(create.resultNow()).isPresent();
        }
    }

    @Example
    void aFailedGroupDoesNotKeepTheNextFromBeingMade() {
        Scene scene = new Scene();
        GroupCommit group = new GroupCommit(scene::insertAll, scene.published::add, Runnable::run);

        assertThatThrownBy(() -> group.insert(draft(1, AWAY))).isInstanceOf(LinkStoreUnavailableException.class);
        assertThatThrownBy(() -> group.insert(draft(1, REFUSED))).isInstanceOf(IllegalStateException.class);

        assertThat(group.insert(draft(1, "https://example.com/"))).isPresent();
    }

    private static LinkDraft draft(int key, String longUrl) {
        return Links.draft("k" + key, longUrl);
    }
}
