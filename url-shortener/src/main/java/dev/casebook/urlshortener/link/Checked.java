package dev.casebook.urlshortener.link;

import java.util.function.Function;

/** A value that passed its checks, or why it did not. */
public sealed interface Checked<T> {
    /** Passed. */
    record Accepted<T>(T value) implements Checked<T> {}

    /** Did not pass. */
    record Refused<T>(Rejection rejection) implements Checked<T> {}

    /** The value through a further function, or the same refusal. */
    default <R> Checked<R> map(Function<? super T, ? extends R> function) {
        return switch (this) {
            case Accepted<T> accepted -> new Accepted<>(function.apply(accepted.value()));
            case Refused<T> refused -> new Refused<>(refused.rejection());
        };
    }
}
