package dev.casebook.common.lifecycle;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a service has opened, as a stack. Stopping it is always the same four steps: readiness off, drain (stop taking work, finish what was taken),
 * close in reverse order of opening, release those who wait in {@link #awaitTermination}. A part that fails to close is reported and does not keep the
 * others open.
 *
 * <p>After {@link #installShutdownHook}, SIGTERM and Ctrl-C run those steps and the process then exits with status 0; a second Ctrl-C ends it at once.
 * Thread-safe: steps run once, on the first thread that asks; later callers wait for it.
 */
public final class Lifecycle implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);
    private static final int SIGINT = 2;

    private final Readiness readiness = new Readiness();
    private final Deque<Part> parts = new ArrayDeque<>();
    private final List<Runnable> drains = new ArrayList<>();
    private final CountDownLatch terminated = new CountDownLatch(1);
    private boolean closing;

    private record Part(String name, AutoCloseable closeable) {}

    /**
     * Puts {@code closeable} on top of the stack and returns it, so that opening and adding are one expression.
     *
     * @throws IllegalStateException if the service is stopping already; {@code closeable} is then closed here
     */
    public <T extends AutoCloseable> T add(String name, T closeable) {
        synchronized (this) {
            if (!closing) {
                parts.push(new Part(name, closeable));
                return closeable;
            }
        }
        close(new Part(name, closeable));
        throw new IllegalStateException("stopping: cannot add " + name);
    }

    /** Runs {@code drain} after readiness went off and before anything is closed; in the order of the calls. It must bound its own waiting. */
    public synchronized void onDrain(Runnable drain) {
        drains.add(drain);
    }

    public Readiness readiness() {
        return readiness;
    }

    /**
     * Stops the service when the JVM is told to end. The hook ends the process with status 0 when all is closed, without waiting for other hooks: a
     * service that was told to stop and did has not failed. If {@link #close} had already run, the exit status given to {@link System#exit} stands.
     */
    public void installShutdownHook() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndHalt, "shutdown"));
    }

    /** Waits until the service has stopped, by a signal or by {@link #close} on another thread. */
    public void awaitTermination() throws InterruptedException {
        terminated.await();
    }

    @Override
    public void close() {
        List<Runnable> toDrain;
        List<Part> toClose;
        synchronized (this) {
            if (closing) {
                toDrain = List.of();
                toClose = List.of();
            } else {
                closing = true;
                toDrain = List.copyOf(drains);
                toClose = List.copyOf(parts);
            }
        }
        if (toClose.isEmpty() && toDrain.isEmpty()) {
            readiness.stop();
            terminated.countDown();
            return;
        }
        try {
            readiness.stop();
            toDrain.forEach(Lifecycle::drain);
            toClose.forEach(Lifecycle::close);
        } finally {
            terminated.countDown();
        }
    }

    private void stopAndHalt() {
        if (terminated.getCount() == 0) {
            return;
        }
        restoreDefaultInterrupt();
        close();
        Runtime.getRuntime().halt(0);
    }

    private static void drain(Runnable drain) {
        try {
            drain.run();
        } catch (RuntimeException e) {
            log.error("Draining failed; closing goes on", e);
        }
    }

    private static void close(Part part) {
        try {
            part.closeable().close();
            log.debug("Closed {}", part.name());
        } catch (Exception e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            log.error("Closing {} failed; the others are closed all the same", part.name(), e);
        }
    }

    /**
     * {@code signal(SIGINT, SIG_DFL)}: while shutdown hooks run the JVM ignores further signals, so an impatient second Ctrl-C has to get the kernel's own
     * treatment.
     */
    @SuppressWarnings("restricted") // a call into libc; every module runs with --enable-native-access
    private static void restoreDefaultInterrupt() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("signal").ifPresent(signal -> {
            try {
                MemorySegment previous = (MemorySegment) linker.downcallHandle(
                                signal,
                                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT, ValueLayout.ADDRESS))
                        .invokeExact(SIGINT, MemorySegment.NULL);
                log.trace("SIGINT had the handler {}", previous);
            } catch (Throwable e) {
                log.debug("A second Ctrl-C will not end the process at once", e);
            }
        });
    }
}
