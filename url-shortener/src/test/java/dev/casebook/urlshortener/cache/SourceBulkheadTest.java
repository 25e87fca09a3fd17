package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkSource;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the bulkhead lets through, lets wait and refuses, and that whoever leaves it, however, leaves his place to another. */
class SourceBulkheadTest {
    private static final LinkKey KEY = LinkKey.ofSlug("k");
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(1);

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final GatedSource source = new GatedSource();
    private final ExecutorService visitors = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void letAllGo() {
        source.gate.release(1_000);
        visitors.close();
    }

    @Test
    void readsAsManyAtATimeAsThereArePermitsAndTheOthersWait() {
        SourceBulkhead bulkhead = bulkhead(2, 3, PATIENCE);
        List<CompletableFuture<Optional<Link>>> answers = new ArrayList<>();
        for (int visitor = 0; visitor < 5; visitor++) {
            answers.add(visit(bulkhead));
        }
        awaitPlaces(2, 3);

        for (int waiting = 2; waiting >= 0; waiting--) {
            source.gate.release();
            awaitPlaces(2, waiting);
        }
        source.gate.release(2);

        assertThat(answers)
                .allSatisfy(
                        answer -> assertThat(answer).succeedsWithin(PATIENCE).matches(Optional::isPresent));
        awaitPlaces(0, 0);
        assertThat(source.readingMost).hasValue(2);
        assertThat(count("urlshortener.source.reads")).isEqualTo(5);
        assertThat(count("urlshortener.source.refusals")).isZero();
    }

    @Test
    void whoComesWhenTheLineIsFullIsRefusedAtOnce() {
        SourceBulkhead bulkhead = bulkhead(1, 1, PATIENCE);
        CompletableFuture<Optional<Link>> reading = visit(bulkhead);
        awaitPlaces(1, 0);
        CompletableFuture<Optional<Link>> waiting = visit(bulkhead);
        awaitPlaces(1, 1);

        for (int refusal = 1; refusal <= 3; refusal++) {
            assertThatThrownBy(() -> bulkhead.find(KEY))
                    .isInstanceOf(LinkStoreUnavailableException.class)
                    .hasCauseInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("more than 1 loads are waiting");
            assertThat(count("urlshortener.source.refusals")).isEqualTo(refusal);
        }
        assertThat(gauge("urlshortener.source.waiting"))
                .as("the refused take no place")
                .isEqualTo(1);

        source.gate.release(3);
        assertThat(reading).succeedsWithin(PATIENCE);
        assertThat(waiting).succeedsWithin(PATIENCE);
        assertThat(bulkhead.find(KEY)).isPresent();
        assertThat(count("urlshortener.source.reads")).isEqualTo(3);
    }

    @Test
    void whoHasWaitedTooLongIsRefusedAndLeavesTheLine() {
        SourceBulkhead bulkhead = bulkhead(1, 1, SHORT);
        CompletableFuture<Optional<Link>> reading = visit(bulkhead);
        awaitPlaces(1, 0);

        for (int refusal = 1; refusal <= 3; refusal++) {
            assertThatThrownBy(() -> bulkhead.find(KEY))
                    .isInstanceOf(LinkStoreUnavailableException.class)
                    .hasCauseInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("waited 1 ms");
            assertThat(count("urlshortener.source.refusals")).isEqualTo(refusal);
        }
        assertThat(gauge("urlshortener.source.waiting")).isZero();

        source.gate.release(2);
        assertThat(reading).succeedsWithin(PATIENCE);
        assertThat(bulkhead.find(KEY)).isPresent();
        assertThat(count("urlshortener.source.reads")).isEqualTo(2);
    }

    @Test
    void aReadThatFailsGivesItsPermitBack() {
        SourceBulkhead bulkhead = bulkhead(1, 0, SHORT);
        source.gate.release(100);
        RuntimeException away = new LinkStoreUnavailableException("away", new IllegalStateException("test"));
        for (RuntimeException failure : List.of(away, new IllegalStateException("a bug"), away)) {
            source.failure = failure;
            assertThatThrownBy(() -> bulkhead.find(KEY)).isSameAs(failure);
        }
        source.failure = null;

        assertThat(bulkhead.find(KEY)).isPresent();
        assertThat(count("urlshortener.source.refusals")).isZero();
    }

    @Test
    void aReadThatIsInterruptedGivesItsPermitBack() {
        SourceBulkhead bulkhead = bulkhead(1, 0, SHORT);
        CompletableFuture<Boolean> stayedInterrupted = new CompletableFuture<>();
        Thread reader = Thread.ofVirtual().start(() -> findInVain(bulkhead, stayedInterrupted));
        awaitPlaces(1, 0);

        reader.interrupt();
        assertThat(stayedInterrupted).succeedsWithin(PATIENCE).isEqualTo(true);
        source.gate.release();

        assertThat(bulkhead.find(KEY)).isPresent();
    }

    @Test
    void whoIsInterruptedInTheLineLeavesItAndStaysInterrupted() {
        SourceBulkhead bulkhead = bulkhead(1, 1, PATIENCE);
        CompletableFuture<Optional<Link>> reading = visit(bulkhead);
        awaitPlaces(1, 0);
        CompletableFuture<Boolean> stayedInterrupted = new CompletableFuture<>();
        Thread waiting = Thread.ofVirtual().start(() -> findInVain(bulkhead, stayedInterrupted));
        awaitPlaces(1, 1);

        waiting.interrupt();

        assertThat(stayedInterrupted).succeedsWithin(PATIENCE).isEqualTo(true);
        awaitPlaces(1, 0);
        assertThat(count("urlshortener.source.refusals"))
                .as("a node that shuts down refuses nobody")
                .isZero();
        CompletableFuture<Optional<Link>> next = visit(bulkhead);
        awaitPlaces(1, 1);
        source.gate.release(2);
        assertThat(reading).succeedsWithin(PATIENCE);
        assertThat(next).succeedsWithin(PATIENCE);
        assertThat(source.readingMost).hasValue(1);
    }

    private SourceBulkhead bulkhead(int concurrentMax, int queuedMax, Duration waitMax) {
        return new SourceBulkhead(
                source, new TierSettings.Loads(concurrentMax, queuedMax, waitMax, 100), new CacheMetrics(meters));
    }

    private static void findInVain(SourceBulkhead bulkhead, CompletableFuture<Boolean> stayedInterrupted) {
        try {
            Optional<Link> answer = bulkhead.find(KEY);
            stayedInterrupted.completeExceptionally(new AssertionError("answered " + answer));
        } catch (LinkStoreUnavailableException refused) {
            stayedInterrupted.complete(Thread.currentThread().isInterrupted());
        }
    }

    private CompletableFuture<Optional<Link>> visit(SourceBulkhead bulkhead) {
        return CompletableFuture.supplyAsync(() -> bulkhead.find(KEY), visitors);
    }

    private void awaitPlaces(int reading, int waiting) {
        await().atMost(PATIENCE)
                .until(() -> source.reading.get() == reading && gauge("urlshortener.source.waiting") == waiting);
    }

    private long count(String name) {
        return Math.round(meters.get(name).counter().count());
    }

    private long gauge(String name) {
        return Math.round(meters.get(name).gauge().value());
    }

    /** Answers as often as its gate is opened. */
    private static final class GatedSource implements LinkSource {
        final Semaphore gate = new Semaphore(0);
        final AtomicInteger reading = new AtomicInteger();
        final AtomicInteger readingMost = new AtomicInteger();
        volatile @Nullable RuntimeException failure;

        @Override
        public Optional<Link> find(LinkKey key) {
            readingMost.accumulateAndGet(reading.incrementAndGet(), Math::max);
            try {
                gate.acquire();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LinkStoreUnavailableException("interrupted", e);
            } finally {
                reading.decrementAndGet();
            }
            RuntimeException now = failure;
            if (now != null) {
                throw now;
            }
            return Optional.of(Links.link(key, 1));
        }
    }
}
