package dev.casebook.benchmarks.load;

/**
 * One sending thread of a target. Everything but {@link #execute} is called on that thread, and everything that happens
 * in the lane (sending, answers, timers) happens on it, so that neither lane nor pacer needs a lock.
 */
public interface LoadLane {
    /** Runs a task on the lane's thread; may be called from any thread. */
    void execute(Runnable task);

    /** Runs a task on the lane's thread after a delay, as exactly as timers of the system go. */
    void schedule(Runnable task, long delayNanos);

    /** Who is told of answers. Set before the first {@link #trySend}. */
    void attach(Completions completions);

    /**
     * Sends the next request of the scenario if a connection is free.
     *
     * @param intendedNanos when it should have been sent; handed back with the answer
     * @return false when every connection is busy: then nothing was sent
     */
    boolean trySend(long intendedNanos);

    /** Told on the lane's thread: once for each request that was sent, and when a connection was replaced. */
    interface Completions {
        /** The service has answered; its connection is free again unless the service closed it. */
        void answered(int operation, int status, long intendedNanos);

        /** There will be no answer. */
        void failed(int operation, Failure failure, long intendedNanos);

        /** A new connection is free. The one it replaces was lost, so no answer will ever say so. */
        void connected();
    }

    /** Why there is no answer. */
    enum Failure {
        TIMEOUT("timed out"),
        DISCONNECTED("connection lost"),
        NOT_SENT("not sent");

        private final String text;

        Failure(String text) {
            this.text = text;
        }

        /** The row of the report. */
        public String text() {
            return text;
        }
    }
}
