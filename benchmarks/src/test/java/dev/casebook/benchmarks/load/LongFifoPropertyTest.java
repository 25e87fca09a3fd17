package dev.casebook.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class LongFifoPropertyTest {
    /** Positive: add so many; negative: take so many. */
    @Property(tries = 200)
    void behavesAsABoundedQueue(@ForAll @Size(max = 50) List<@IntRange(min = -900, max = 900) Integer> steps) {
        LongFifo fifo = new LongFifo(2048);
        Queue<Long> model = new ArrayDeque<>();
        long next = 0;
        for (int step : steps) {
            for (int i = 0; i < step; i++) {
                boolean fits = model.size() < 2048;
                if (fits) {
                    model.add(next);
                }
                assertThat(fifo.offer(next++)).isEqualTo(fits);
            }
            for (int i = 0; i > step && !model.isEmpty(); i--) {
                assertThat(fifo.peek()).isEqualTo(model.peek());
                assertThat(fifo.remove()).isEqualTo(model.remove());
            }
            assertThat(fifo.size()).isEqualTo(model.size());
        }
    }
}
