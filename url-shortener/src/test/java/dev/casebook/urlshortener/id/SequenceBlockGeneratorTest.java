package dev.casebook.urlshortener.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.common.codec.Base62;
import dev.casebook.common.permute.FeistelPermutation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SequenceBlockGeneratorTest {
    private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final List<Long> leased = new ArrayList<>();
    private final Queue<Runnable> background = new ArrayDeque<>();
    private final SequenceBlockGenerator generator = new SequenceBlockGenerator(this::lease, KEY, background::add);
    private boolean down;

    private long lease() {
        if (down) {
            throw new IllegalStateException("down");
        }
        long first = leased.size() * (long) BlockLeases.BLOCK_SIZE;
        leased.add(first);
        return first;
    }

    private void take(int codes) {
        for (int i = 0; i < codes; i++) {
            generator.next("", 0);
        }
    }

    @Test
    void codesAreThePermutedCountersInOrder() {
        FeistelPermutation permutation = new FeistelPermutation(KEY, CodeSpace.SIZE);
        SequenceBlockGenerator prefetching = new SequenceBlockGenerator(this::lease, KEY, Runnable::run);

        for (long counter = 0; counter < 2_500; counter++) {
            String code = prefetching.next("", 0);

            assertThat(code).hasSize(7);
            assertThat(permutation.invert(Base62.decode(code))).isEqualTo(counter);
        }
    }

    @Test
    void leasesTheNextBlockInTheBackgroundWhenHalfOfOneIsUsed() {
        take(500);
        assertThat(background).isEmpty();

        take(1);
        assertThat(background).hasSize(1);
        background.remove().run();
        assertThat(leased).containsExactly(0L, 1_000L);

        take(499);
        down = true;
        take(1);
        assertThat(leased).hasSize(2);
    }

    @Test
    void withoutAPrefetchTheCallerLeasesAndAnOutageIsReported() {
        background.clear();
        down = true;
        assertThatThrownBy(() -> generator.next("", 0)).isInstanceOf(ShortCodesUnavailableException.class);

        down = false;
        take(1);

        assertThat(leased).containsExactly(0L);
    }

    @Test
    void aPrefetchThatFailedIsForgottenWhenTheBlockIsNeeded() {
        take(501);
        down = true;
        background.remove().run();
        down = false;

        take(500);

        assertThat(leased).containsExactly(0L, 1_000L);
    }

    @Test
    void threadsNeverGetTheSameCode() throws Exception {
        AtomicLong blocks = new AtomicLong();
        Set<String> codes = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            SequenceBlockGenerator shared =
                    new SequenceBlockGenerator(() -> blocks.getAndAdd(BlockLeases.BLOCK_SIZE), KEY, threads);
            List<Future<?>> done = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                done.add(threads.submit(() -> {
                    for (int j = 0; j < 5_000; j++) {
                        codes.add(shared.next("", 0));
                    }
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }

        assertThat(codes).hasSize(80_000);
        assertThat(blocks.get()).as("no block is leased in vain").isLessThanOrEqualTo(81_000);
    }

    @Test
    void refusesASequenceOutsideOfTheCodeSpace() {
        SequenceBlockGenerator last =
                new SequenceBlockGenerator(() -> CodeSpace.SIZE - BlockLeases.BLOCK_SIZE, KEY, background::add);
        SequenceBlockGenerator beyond =
                new SequenceBlockGenerator(() -> CodeSpace.SIZE - BlockLeases.BLOCK_SIZE + 1, KEY, background::add);

        assertThat(last.next("", 0)).hasSize(7);
        assertThatThrownBy(() -> beyond.next("", 0)).isInstanceOf(ShortCodesUnavailableException.class);
    }

    @Test
    void neighboursInTimeAreNotNeighboursInTheCodeSpace() {
        Set<Character> firstCharacters = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            firstCharacters.add(generator.next("", 0).charAt(0));
        }

        assertThat(firstCharacters).hasSizeGreaterThan(50);
    }
}
