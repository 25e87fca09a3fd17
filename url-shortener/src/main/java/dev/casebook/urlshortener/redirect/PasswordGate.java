package dev.casebook.urlshortener.redirect;

import dev.casebook.common.hash.Xxh3;
import dev.casebook.urlshortener.link.Link;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/**
 * Lets those in who know a link's password, a few tries at a time per client and link, and a few checks at a time in all:
 * a check is slow on purpose, so it must not be what fills the processor. Blocking; thread-safe.
 */
final class PasswordGate {
    /** Longer texts are no passwords; hashing them would only cost. */
    static final int PASSWORD_CHARS_MAX = 256;

    private final PasswordCheck check;
    private final TokenBuckets tries;
    private final Semaphore checks =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));

    /** What came of a try. */
    sealed interface Outcome {
        record Opened() implements Outcome {}

        record Wrong() implements Outcome {}

        /** Too many tries, of this client or in all. */
        record Throttled(Duration rest) implements Outcome {}
    }

    PasswordGate(PasswordCheck check, RedirectSettings settings, LongSupplier nanoTime) {
        this.check = check;
        this.tries =
                new TokenBuckets(settings.passwordsBurst(), settings.passwordEvery(), settings.clientsMax(), nanoTime);
    }

    Outcome tryOpen(Link link, String password, InetAddress client) {
        long bucket = Xxh3.hash64(client.getAddress(), link.id());
        if (!tries.take(bucket)) {
            return new Outcome.Throttled(Duration.ofNanos(tries.nanosToNext(bucket)));
        }
        String hash = link.passwordHash();
        if (hash == null) {
            return new Outcome.Opened(); // the owner has removed it since the page was sent
        }
        if (password.isEmpty() || password.length() > PASSWORD_CHARS_MAX) {
            return new Outcome.Wrong();
        }
        if (!checks.tryAcquire()) {
            return new Outcome.Throttled(Duration.ofSeconds(1));
        }
        try {
            return check.matches(password, hash) ? new Outcome.Opened() : new Outcome.Wrong();
        } finally {
            checks.release();
        }
    }
}
