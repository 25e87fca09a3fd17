package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.Clicks;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueuedClickRecorderTest {
    private static final int THREADS = 4;
    private static final int CLICKS_PER_THREAD = 50_000;

    @TempDir
    private Path folder;

    private QueuedClickRecorder queue(int bytes) throws IOException {
        return new QueuedClickRecorder(bytes, LossLedger.open(folder.resolve("ledger")));
    }

    @Test
    void handsOverExactlyWhatItAcceptedInEachThreadsOrderAndCountsTheRest() throws Exception {
        QueuedClickRecorder queue = queue(QueuedClickRecorder.QUEUE_BYTES_MIN);
        long[] accepted = new long[THREADS];
        AtomicInteger running = new AtomicInteger(THREADS);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            int thread = t;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < CLICKS_PER_THREAD; i++) {
                    if (queue.record(Clicks.click(thread, i, thread, "agent " + i, "", "en"))) {
                        accepted[thread]++;
                    }
                }
                running.decrementAndGet();
            }));
        }

        long[] drained = new long[THREADS];
        long[] last = {-1, -1, -1, -1};
        List<String> damaged = new ArrayList<>();
        boolean producing = true;
        while (producing) {
            producing = running.get() > 0; // read before the drain, so that one whole drain follows the last click
            while (queue.drain(
                            click -> {
                                int thread = (int) click.linkId;
                                drained[thread]++;
                                if (click.epochMillis <= last[thread]
                                        || !agent(click).equals("agent " + click.epochMillis)) {
                                    damaged.add(click.linkId + "/" + click.epochMillis + " after " + last[thread]);
                                }
                                last[thread] = click.epochMillis;
                            },
                            100)
                    > 0) {}
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(damaged).isEmpty();
        assertThat(drained).isEqualTo(accepted);
        long acceptedAll = accepted[0] + accepted[1] + accepted[2] + accepted[3];
        assertThat(queue.recorded()).isEqualTo(acceptedAll);
        assertThat(queue.dropped()).isEqualTo((long) THREADS * CLICKS_PER_THREAD - acceptedAll);
    }

    @Test
    void refusesAndCountsWhenFullAndGoesOnWhenDrained() throws Exception {
        QueuedClickRecorder queue = queue(QueuedClickRecorder.QUEUE_BYTES_MIN);
        Click click = Clicks.click(1, 2, 3, Clicks.FIREFOX, "", "");
        int accepted = 0;
        while (queue.record(click)) {
            accepted++;
        }

        assertThat(queue.dropped()).isEqualTo(1);
        assertThat(drainAll(queue)).isEqualTo(accepted);
        assertThat(queue.record(click)).isTrue();
    }

    @Test
    void refusesAndCountsWhenClosed() throws Exception {
        QueuedClickRecorder queue = queue(QueuedClickRecorder.QUEUE_BYTES_MIN);
        queue.close();

        assertThat(queue.record(Clicks.click(1, 2, 3, "", "", ""))).isFalse();
        assertThat(queue.dropped()).isEqualTo(1);
    }

    @Test
    void copiesEveryFieldAndTreatsImpossibleLengthsAsAbsent() throws Exception {
        QueuedClickRecorder queue = queue(QueuedClickRecorder.QUEUE_BYTES_MIN);
        Click whole = Clicks.click(-3, 1_780_000_000_123L, new byte[16], Clicks.FIREFOX, "https://a.example/", "de");
        whole.prefetch = true;
        Click wrong = Clicks.click(5, 6, 7, "x", "y", "z");
        wrong.userAgentOffset = wrong.bytes.length;
        wrong.refererLength = -1;
        wrong.acceptLanguageOffset = -7;

        queue.record(whole);
        queue.record(wrong);

        List<String> seen = new ArrayList<>();
        queue.drain(
                click -> seen.add(String.join(
                        "|",
                        Long.toString(click.linkId),
                        Long.toString(click.epochMillis),
                        Boolean.toString(click.prefetch),
                        Integer.toString(click.addressLength),
                        agent(click),
                        text(click, click.refererOffset, click.refererLength),
                        text(click, click.acceptLanguageOffset, click.acceptLanguageLength))),
                10);
        assertThat(seen)
                .containsExactly(
                        "-3|1780000000123|true|16|" + Clicks.FIREFOX + "|https://a.example/|de", "5|6|false|4|||");
    }

    @Test
    void recordingAllocatesNothing() throws Exception {
        QueuedClickRecorder queue = queue(1 << 20);
        Click click = Clicks.click(1, 2, 3, Clicks.FIREFOX, "https://example.org/", "en");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().threadId();
        recordAndDrain(queue, click, 20_000); // the adders' cells and the compiler's work come once

        long before = threads.getThreadAllocatedBytes(self);
        for (int i = 0; i < 2_000; i++) {
            queue.record(click);
        }
        long allocated = threads.getThreadAllocatedBytes(self) - before;

        assertThat(queue.dropped()).isZero();
        assertThat(allocated).isLessThan(2_000); // less than a byte a click: none
    }

    private static void recordAndDrain(QueuedClickRecorder queue, Click click, int clicks) {
        for (int i = 0; i < clicks; i++) {
            queue.record(click);
            drainAll(queue);
        }
    }

    private static int drainAll(QueuedClickRecorder queue) {
        int[] drained = {0};
        while (queue.drain(click -> drained[0]++, 1_000) > 0) {}
        return drained[0];
    }

    private static String agent(Click click) {
        return text(click, click.userAgentOffset, click.userAgentLength);
    }

    private static String text(Click click, int offset, int length) {
        return new String(click.bytes, offset, length, StandardCharsets.UTF_8);
    }
}
