package dev.casebook.backing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Faults at a switch: pauses or kills an embedded server while a service uses it, and heals it by itself when the time is up. For
 * whoever wants to see what a service does without its Redis; what a lab or a test needs more of, {@link ServerProcess} has.
 *
 * <p>An external server has no switch. Thread-safe; faults of one server exclude each other. Close it before the servers.
 */
public final class ChaosSwitches implements AutoCloseable {
    /** The longest that a fault may last. */
    public static final Duration DURATION_MAX = Duration.ofMinutes(10);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);
    private static final Logger LOG = LoggerFactory.getLogger(ChaosSwitches.class);

    private final Map<String, Switch> switches = new LinkedHashMap<>();
    private final InstantSource clock = InstantSource.system();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("chaos").factory());

    /** What can happen to a server. */
    public enum Fault {
        /** It holds its connections and answers nothing (SIGSTOP), as in a long pause or behind a broken switch. */
        PAUSE,
        /** It is gone with all that it had not written (SIGKILL), and comes back on the same port and data. */
        KILL
    }

    /**
     * A server as it is.
     *
     * @param server {@code postgres}, {@code redis} or {@code kafka}
     * @param fault null while it is well
     * @param healsAt when the fault ends by itself; null while it is well
     */
    public record State(
            String server, @Nullable Fault fault, @Nullable Instant healsAt) {}

    /** One server. Healing starts a process, which takes its time: the lock is not for those who only look. */
    private static final class Switch {
        final String name;
        final ServerProcess process;
        final ReentrantLock lock = new ReentrantLock();
        volatile State state;

        @Nullable
        Future<?> healing;

        Switch(String name, ServerProcess process) {
            this.name = name;
            this.process = process;
            this.state = new State(name, null, null);
        }
    }

    /** The switches of those that are embedded. */
    public ChaosSwitches(PostgresService postgres, RedisService redis, KafkaService kafka) {
        if (postgres.embedded()) {
            add("postgres", postgres.process());
        }
        if (redis.embedded()) {
            add("redis", redis.process());
        }
        if (kafka.embedded()) {
            add("kafka", kafka.process());
        }
    }

    private void add(String name, ServerProcess process) {
        switches.put(name, new Switch(name, process));
    }

    /** All servers that have a switch; never waits. */
    public List<State> states() {
        return switches.values().stream().map(one -> one.state).toList();
    }

    /** One server, if it has a switch; never waits. */
    public Optional<State> state(String server) {
        return Optional.ofNullable(switches.get(server)).map(one -> one.state);
    }

    /**
     * Begins a fault and returns; it ends by itself.
     *
     * @param duration above 0, at most {@link #DURATION_MAX}
     * @return the server as it then is, or as it is with the fault that it has already
     * @throws IllegalArgumentException if the server has no switch or the duration is out of bounds
     */
    public State inflict(String server, Fault fault, Duration duration) {
        if (!duration.isPositive() || duration.compareTo(DURATION_MAX) > 0) {
            throw new IllegalArgumentException(
                    "must be above 0 and at most " + DURATION_MAX + ": duration=" + duration);
        }
        Switch target = target(server);
        target.lock.lock();
        try {
            if (target.state.fault() != null || timer.isShutdown()) {
                return target.state;
            }
            State hurt = new State(server, fault, clock.instant().plus(duration));
            healLater(target, hurt, duration); // first, or a server that is hurt while the timer ends would stay so
            target.state = hurt;
            switch (fault) {
                case PAUSE -> target.process.pause();
                case KILL -> target.process.kill();
            }
            LOG.warn("{} {} for {} s", server, fault == Fault.PAUSE ? "paused" : "killed", duration.toSeconds());
            return target.state;
        } finally {
            target.lock.unlock();
        }
    }

    /**
     * Ends a fault before its time and returns when the server answers; does nothing to a server that is well.
     *
     * @throws IllegalArgumentException if the server has no switch
     * @throws BackingServiceException if it does not start again; the fault stays, so that it can be tried again
     */
    public State heal(String server) {
        Switch target = target(server);
        target.lock.lock();
        try {
            Fault fault = target.state.fault();
            if (fault == null || timer.isShutdown()) {
                return target.state;
            }
            if (target.healing != null) {
                target.healing.cancel(false);
            }
            switch (fault) {
                case PAUSE -> target.process.resume();
                case KILL -> target.process.restart();
            }
            target.state = new State(server, null, null);
            LOG.warn("{} healed", server);
            return target.state;
        } finally {
            target.lock.unlock();
        }
    }

    /** On a thread of its own, since one server's start must not delay another's. */
    private void healLater(Switch target, State hurt, Duration delay) {
        target.healing = timer.schedule(
                () -> Thread.startVirtualThread(() -> healInTime(target, hurt)),
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Unless somebody else has healed it, or it has another fault by now. */
    private void healInTime(Switch target, State hurt) {
        target.lock.lock();
        try {
            if (target.state.equals(hurt)) {
                heal(target.name);
            }
        } catch (RuntimeException e) {
            LOG.error("{} could not be healed, will try again", target.name, e);
            if (!timer.isShutdown()) {
                healLater(target, hurt, RETRY_AFTER);
            }
        } finally {
            target.lock.unlock();
        }
    }

    private Switch target(String server) {
        Switch target = switches.get(server);
        if (target == null) {
            throw new IllegalArgumentException("no embedded server \"" + server + "\", only "
                    + (switches.isEmpty() ? "external ones" : String.join(", ", switches.keySet())));
        }
        return target;
    }

    /**
     * Ends the timer, waits for a healing that is under way, and resumes who is paused, or everything that closes after this would
     * wait for a server that does not answer. Who was killed stays down.
     */
    @Override
    public void close() {
        timer.shutdownNow();
        for (Switch one : switches.values()) {
            one.lock.lock();
            try {
                if (one.state.fault() == Fault.PAUSE) {
                    one.process.resume();
                }
            } finally {
                one.lock.unlock();
            }
        }
    }
}
