package dev.casebook.urlshortener.store;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Forgets idempotency keys that have expired, so that their table holds a day's worth. Every node does so; they pass over each
 * other's rows. Runs on the scheduler's thread, which it blocks for the time of a few statements.
 */
public final class Housekeeping implements AutoCloseable {
    /** Rows forgotten by one statement. */
    static final int BATCH_MAX = 1_000;

    /** Statements of one round; what is left waits for the next. */
    private static final int BATCHES_MAX = 100;

    private static final Duration INTERVAL = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final PostgresLinkRepository links;
    private final ScheduledFuture<?> rounds;

    /**
     * Starts at once and goes on every minute.
     *
     * @param scheduler stays the caller's
     */
    public Housekeeping(PostgresLinkRepository links, ScheduledExecutorService scheduler) {
        this.links = links;
        rounds = scheduler.scheduleWithFixedDelay(this::round, 0, INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void round() {
        try {
            boolean more = true;
            for (int batch = 0; more && batch < BATCHES_MAX; batch++) {
                more = links.deleteExpiredClaims(BATCH_MAX) == BATCH_MAX;
            }
        } catch (RuntimeException failure) { // thrown on, it would end the rounds without a word
            LOG.warn("could not forget expired idempotency keys, will try again: {}", failure.getMessage());
        }
    }

    @Override
    public void close() {
        rounds.cancel(false);
    }
}
