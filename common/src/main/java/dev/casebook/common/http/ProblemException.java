package dev.casebook.common.http;

/** Ends a request with a {@link Problem}: the client's mistake or a known failure, so it is answered and not logged as an error. Carries no stack trace. */
public final class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;
    private final int retryAfterSeconds;

    public ProblemException(Problem problem) {
        this(problem, 0);
    }

    /**
     * A problem that passes by itself.
     *
     * @param retryAfterSeconds what {@code Retry-After} says (RFC 9110 section 10.2.3); 0 for no such field
     */
    public ProblemException(Problem problem, int retryAfterSeconds) {
        super(problem.title() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
        this.retryAfterSeconds = retryAfterSeconds;
    }

    /** {@code throw ProblemException.of(409, "slug-taken", "Slug taken", "...")}. */
    public static ProblemException of(int status, String typeSlug, String title, String detail) {
        return new ProblemException(Problem.of(status, typeSlug, title, detail));
    }

    public Problem problem() {
        return problem;
    }

    public int retryAfterSeconds() {
        return retryAfterSeconds;
    }
}
