package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.link.Link;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a code amounts to at a moment, before anything is asked of the visitor. */
sealed interface Resolution {
    /** Leads on, to a place that the visitor's traits may decide. */
    record Open(Link link) implements Resolution {}

    /** Leads on for those who know the password. */
    record Locked(Link link) implements Resolution {}

    /** Leads nowhere. */
    record Refused(Refusal why) implements Resolution {}

    /** Why a code leads nowhere. All are 404, as in Shlink: a visitor learns no more than that from the status. */
    enum Refusal {
        NOT_FOUND("link-not-found", "No such link", "There is no short link here. Check that it was copied whole."),
        NOT_YET("link-not-yet-valid", "Not yet", "This short link is not valid yet. Come back later."),
        EXPIRED("link-expired", "Expired", "This short link has expired."),
        EXHAUSTED("link-exhausted", "Used up", "This short link has been used as often as its owner allowed."),
        BLOCKED(
                "link-blocked",
                "Blocked for your safety",
                "The place this short link led to is known to be harmful, so it leads there no longer.");

        private final String slug;
        private final String title;
        private final String detail;

        Refusal(String slug, String title, String detail) {
            this.slug = slug;
            this.title = title;
            this.detail = detail;
        }

        String slug() {
            return slug;
        }

        String title() {
            return title;
        }

        String detail() {
            return detail;
        }
    }

    static Resolution of(@Nullable Link link, Instant now) {
        if (link == null) {
            return new Refused(Refusal.NOT_FOUND);
        }
        if (link.blocked()) {
            return new Refused(Refusal.BLOCKED);
        }
        if (link.validSince() != null && now.isBefore(link.validSince())) {
            return new Refused(Refusal.NOT_YET);
        }
        if (link.validUntil() != null && !now.isBefore(link.validUntil())) {
            return new Refused(Refusal.EXPIRED);
        }
        return link.passwordHash() != null ? new Locked(link) : new Open(link);
    }
}
