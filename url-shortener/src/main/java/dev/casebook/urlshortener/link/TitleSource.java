package dev.casebook.urlshortener.link;

import java.util.Optional;

/** Reads the title of a destination's page. Blocking, bounded in time; safe for concurrent use; never throws. */
@FunctionalInterface
public interface TitleSource {
    /** Knows no titles: for installations that must not call out. */
    TitleSource NONE = url -> Optional.empty();

    /** The title, plain text of at most {@link LinkRules#TITLE_CHARS_MAX} characters; empty when there is none to be had. */
    Optional<String> titleOf(NormalizedUrl url);
}
