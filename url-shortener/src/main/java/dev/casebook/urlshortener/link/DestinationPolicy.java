package dev.casebook.urlshortener.link;

/**
 * Judges whether a link may lead somewhere. Asked when a link is made or changed and again from time to time, since a
 * destination can turn bad later. Quick, no network; safe for concurrent use.
 */
@FunctionalInterface
public interface DestinationPolicy {
    /** Whether links may lead there. */
    Verdict judge(NormalizedUrl url);

    /** A policy that asks this one and, if it allows, the other. */
    default DestinationPolicy and(DestinationPolicy other) {
        return url -> switch (judge(url)) {
            case Verdict.Allowed allowed -> other.judge(url);
            case Verdict.Denied denied -> denied;
        };
    }

    /** A policy's answer. */
    sealed interface Verdict {
        /** Nothing speaks against it. */
        record Allowed() implements Verdict {}

        /**
         * Links must not lead there.
         *
         * @param detail a sentence for the person who asked
         */
        record Denied(Rejection.Reason reason, String detail) implements Verdict {}
    }
}
