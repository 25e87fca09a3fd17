package dev.casebook.urlshortener.redirect;

import dev.casebook.common.hash.Xxh3;
import dev.casebook.urlshortener.link.Link;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Lets those in who know a link's password. Three limits, against guessing and against what guessing costs:
 *
 * <ul>
 *   <li><b>Wrong passwords per {@link ClientNetwork} and link</b>, by token bucket. A try takes its token when its network's turn is its own,
 *       so that tries made together cannot outrun the budget, and has it back when the password was right: colleagues behind one
 *       address all get in, also at the same moment. It has its own token back and no other, so a guesser who knows one password gains nothing by it. Without a
 *       token the right password is refused like a wrong one, unchecked; else the refusal would tell them apart.
 *   <li><b>One check at a time per network</b>, whatever the link; further tries wait their turn.
 *   <li><b>Checks at once in all</b>, for a check is slow on purpose and must not be what fills the processor. Tries wait in order of
 *       arrival, and by the limit before this one a network has one place in that queue: who floods it delays others by one check, and does not
 *       shut them out. Who commands many networks delays them by as many.
 *   <li><b>Tries that wait, in all</b>: {@value #WAITING_MAX}, for each holds a place among the server's blocking requests.
 * </ul>
 *
 * <p>There is no budget per link over all networks: whoever used it up would close the link to everybody else. Guessing from many networks is
 * bounded by the checks in all alone, so a link worth a botnet's time wants a long password. Budgets are a node's own: n nodes grant n times as
 * much. Blocks the caller for at most twice the patience and a check; thread-safe.
 */
final class PasswordGate {
    /** Longer texts are no passwords; hashing them would only cost. */
    static final int PASSWORD_CHARS_MAX = 256;

    static final int WAITING_MAX = 256;

    /** Networks share a turn by hash, so that turns need no bookkeeping. */
    private static final int TURNS = 1_024;

    private static final Duration REST_WITHOUT_A_TURN = Duration.ofSeconds(1);

    private final PasswordCheck check;
    private final TokenBuckets tries;
    private final Duration patience;
    private final Semaphore[] turns =
            Stream.generate(() -> new Semaphore(1, true)).limit(TURNS).toArray(Semaphore[]::new);
    private final Semaphore checks;
    private final AtomicInteger waiting = new AtomicInteger();

    /** What came of a try. */
    sealed interface Outcome {
        record Opened() implements Outcome {}

        record Wrong() implements Outcome {}

        /** Not checked: too many tries, of this network on this link or in all. */
        record Throttled(Duration rest) implements Outcome {}
    }

    /** With half of the processors for checks. */
    PasswordGate(PasswordCheck check, RedirectSettings settings, LongSupplier nanoTime) {
        this(check, settings, Math.max(1, Runtime.getRuntime().availableProcessors() / 2), nanoTime);
    }

    PasswordGate(PasswordCheck check, RedirectSettings settings, int checksAtOnce, LongSupplier nanoTime) {
        this.check = check;
        this.tries =
                new TokenBuckets(settings.passwordsBurst(), settings.passwordEvery(), settings.clientsMax(), nanoTime);
        this.patience = settings.passwordPatience();
        this.checks = new Semaphore(checksAtOnce, true);
    }

    Outcome tryOpen(Link link, String password, InetAddress client) {
        String hash = link.passwordHash();
        if (hash == null) {
            return new Outcome.Opened(); // the owner has removed it since the page was sent
        }
        if (password.isEmpty() || password.length() > PASSWORD_CHARS_MAX) {
            return new Outcome.Wrong();
        }
        long network = ClientNetwork.of(client);
        long bucket = Xxh3.hash64(network, link.id());
        Duration rest = Duration.ofNanos(tries.nanosToNext(bucket));
        if (rest.isPositive()) {
            return new Outcome.Throttled(rest);
        }
        if (waiting.incrementAndGet() > WAITING_MAX) {
            waiting.decrementAndGet();
            return new Outcome.Throttled(REST_WITHOUT_A_TURN);
        }
        try {
            return tryInTurn(password, hash, bucket, turns[Math.floorMod(Xxh3.hash64(network, 0), TURNS)]);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private Outcome tryInTurn(String password, String hash, long bucket, Semaphore turn) {
        if (!acquire(turn)) {
            return new Outcome.Throttled(REST_WITHOUT_A_TURN);
        }
        try {
            if (!tries.take(bucket)) {
                return new Outcome.Throttled(Duration.ofNanos(tries.nanosToNext(bucket)));
            }
            Outcome outcome = check(password, hash);
            if (!(outcome instanceof Outcome.Wrong)) {
                tries.giveBack(bucket);
            }
            return outcome;
        } finally {
            turn.release();
        }
    }

    private Outcome check(String password, String hash) {
        if (!acquire(checks)) {
            return new Outcome.Throttled(REST_WITHOUT_A_TURN);
        }
        try {
            return check.matches(password, hash) ? new Outcome.Opened() : new Outcome.Wrong();
        } finally {
            checks.release();
        }
    }

    private boolean acquire(Semaphore semaphore) {
        try {
            return semaphore.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
