package dev.casebook.urlshortener.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs actors one at a time and decides at each of their steps who goes next, so that all interleavings of the steps can
 * be gone through one by one (stateless model checking as in CHESS, Musuvathi et al., OSDI 2008).
 *
 * <p>An actor is a thread that runs real code and gives the turn back at the calls of {@link #step} and {@link #await},
 * which the test's tiers contain. {@link #exploreAll} runs a scenario again and again, each time with the next sequence of
 * choices in depth-first order, up to a bound on preemptions (switches away from an actor that could have gone on).
 */
final class Schedule {
    private static final ThreadLocal<@Nullable Actor> CURRENT = new ThreadLocal<>();
    private static final int STEPS_MAX = 400;

    private final List<Choice> choices;
    private final int preemptionsMax;
    private final List<Actor> actors = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private final Semaphore turnGivenBack = new Semaphore(0);
    private volatile boolean stopped;
    private int decided;
    private int preemptions;

    /** One decision: which of how many. */
    private record Choice(int taken, int options) {}

    /** Unwinds an actor whose schedule is over. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private final class Actor {
        final String name;
        final boolean daemon;
        final Semaphore turn = new Semaphore(0);
        volatile BooleanSupplier enabled;
        volatile boolean ended;
        volatile @Nullable Throwable failure;

        Actor(String name, boolean daemon, BooleanSupplier enabled) {
            this.name = name;
            this.daemon = daemon;
            this.enabled = enabled;
        }

        void begin(Runnable body) {
            actors.add(this);
            Thread.ofVirtual().name(name).start(() -> {
                CURRENT.set(this);
                try {
                    takeTurn();
                    body.run();
                } catch (Stopped over) {
                    return;
                } catch (Exception | Error unexpected) {
                    failure = unexpected;
                }
                ended = true;
                turnGivenBack.release();
            });
        }

        void pass(BooleanSupplier until) {
            enabled = until;
            if (!stopped) {
                turnGivenBack.release();
            }
            takeTurn();
            enabled = Schedule::always;
        }

        private void takeTurn() {
            turn.acquireUninterruptibly();
            if (stopped) {
                throw new Stopped();
            }
        }
    }

    private Schedule(List<Choice> choices, int preemptionsMax) {
        this.choices = choices;
        this.preemptionsMax = preemptionsMax;
    }

    /**
     * Runs the scenario under all schedules with at most so many preemptions.
     *
     * @param scenario adds actors to the fresh schedule it is given, calls {@link #run} and checks what came out
     * @return how many schedules there are
     */
    static int exploreAll(int preemptionsMax, Consumer<Schedule> scenario) {
        // On a virtual thread, too: passing the turn is then a switch between continuations, not between threads.
        try (ExecutorService explorer = Executors.newVirtualThreadPerTaskExecutor()) {
            return explorer.submit(() -> explore(preemptionsMax, scenario)).get();
        } catch (ExecutionException e) {
            throw new AssertionError("a schedule failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while exploring", e);
        }
    }

    private static int explore(int preemptionsMax, Consumer<Schedule> scenario) {
        List<Choice> choices = new ArrayList<>();
        int schedules = 0;
        while (true) {
            Schedule schedule = new Schedule(choices, preemptionsMax);
            try {
                scenario.accept(schedule);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("schedule " + schedules + " " + schedule.trace + ": " + e.getMessage(), e);
            }
            schedules++;
            while (!choices.isEmpty() && choices.getLast().taken + 1 >= choices.getLast().options) {
                choices.removeLast();
            }
            if (choices.isEmpty()) {
                return schedules;
            }
            Choice last = choices.removeLast();
            choices.add(new Choice(last.taken + 1, last.options));
        }
    }

    /** An actor that must come to its end. */
    void actor(String name, Runnable body) {
        new Actor(name, false, Schedule::always).begin(body);
    }

    /** An actor that repeats {@code body} whenever {@code enabled}, and ends with the others. */
    void daemon(String name, BooleanSupplier enabled, Runnable body) {
        Actor actor = new Actor(name, true, enabled);
        actor.begin(() -> {
            while (true) {
                body.run();
                actor.pass(enabled);
            }
        });
    }

    /** Ends an actor's step; others may go on before it does. Outside of actors it does nothing. */
    static void step() {
        Actor actor = CURRENT.get();
        if (actor != null) {
            actor.pass(Schedule::always);
        }
    }

    /** Waits until the condition holds. Outside of actors it must hold already. */
    static void await(BooleanSupplier condition) {
        Actor actor = CURRENT.get();
        if (actor == null) {
            if (!condition.getAsBoolean()) {
                throw new IllegalStateException("nobody will make this come true");
            }
        } else if (!condition.getAsBoolean()) {
            actor.pass(condition);
        }
    }

    /** Lets the actors run to their ends. */
    void run() {
        try {
            Actor last = null;
            while (true) {
                List<Actor> able = new ArrayList<>();
                for (Actor actor : actors) {
                    if (!actor.ended && actor.enabled.getAsBoolean()) {
                        able.add(actor);
                    }
                }
                if (able.isEmpty()) {
                    break;
                }
                if (trace.size() == STEPS_MAX) {
                    throw new AssertionError("does not come to an end");
                }
                last = choose(able, last);
                trace.add(last.name);
                last.turn.release();
                turnGivenBack.acquireUninterruptibly();
                if (last.failure != null) {
                    throw new AssertionError(last.name + " failed: " + last.failure, last.failure);
                }
            }
            for (Actor actor : actors) {
                if (!actor.daemon && !actor.ended) {
                    throw new AssertionError(actor.name + " waits for ever");
                }
            }
        } finally {
            stopped = true;
            actors.forEach(actor -> actor.turn.release());
        }
    }

    /** Staying with the same actor comes first, so that the first schedule is the sequential one. */
    private Actor choose(List<Actor> able, @Nullable Actor last) {
        boolean canStay = last != null && able.remove(last);
        if (canStay && last != null) {
            able.addFirst(last);
        }
        int options = canStay && preemptions >= preemptionsMax ? 1 : able.size();
        if (decided == choices.size()) {
            choices.add(new Choice(0, options));
        }
        Choice choice = choices.get(decided++);
        if (choice.options != options) {
            throw new IllegalStateException("the scenario is not deterministic");
        }
        if (canStay && choice.taken > 0) {
            preemptions++;
        }
        return able.get(choice.taken);
    }

    private static boolean always() {
        return true;
    }
}
