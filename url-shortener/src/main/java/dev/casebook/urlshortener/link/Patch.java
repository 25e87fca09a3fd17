package dev.casebook.urlshortener.link;

import org.jspecify.annotations.Nullable;

/** A wish for one field of a record: leave it as it is, or give it a value, which may be null to clear it. */
public sealed interface Patch<T> {
    /** Leaves the field. */
    static <T> Patch<T> keep() {
        return new Keep<>();
    }

    /** Gives the field a value; null clears it. */
    static <T> Patch<T> set(@Nullable T value) {
        return new Put<>(value);
    }

    /** The field's value after this patch. */
    default @Nullable T apply(@Nullable T current) {
        return switch (this) {
            case Keep<T> keep -> current;
            case Put<T> put -> put.value();
        };
    }

    /** The field stays. */
    record Keep<T>() implements Patch<T> {}

    /** The field changes. */
    record Put<T>(@Nullable T value) implements Patch<T> {}
}
