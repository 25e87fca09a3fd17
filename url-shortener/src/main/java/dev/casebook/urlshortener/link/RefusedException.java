package dev.casebook.urlshortener.link;

/**
 * Carries a {@link Rejection} out of nested checks, and out of an edit under the row's lock so that its transaction rolls
 * back. Never leaves this package: {@link LinkService} turns it into a result.
 */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Rejection rejection;

    RefusedException(Rejection rejection) {
        super(rejection.detail(), null, false, false);
        this.rejection = rejection;
    }

    RefusedException(Rejection.Reason reason, String field, String detail) {
        this(new Rejection(reason, field, detail));
    }

    Rejection rejection() {
        return rejection;
    }

    static <T> T unwrap(Checked<T> checked) {
        return switch (checked) {
            case Checked.Accepted<T> accepted -> accepted.value();
            case Checked.Refused<T> refused -> throw new RefusedException(refused.rejection());
        };
    }
}
