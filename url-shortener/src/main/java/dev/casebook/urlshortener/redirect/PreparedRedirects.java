package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.cache.AnswerEncoder;
import dev.casebook.urlshortener.cache.PreparedAnswer;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.RedirectStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the response head of a link that answers every visitor alike: all fields but {@code Date} and
 * {@code Connection}, without the empty line. Thread-safe.
 */
public final class PreparedRedirects implements AnswerEncoder {
    private final RedirectSettings settings;
    private final InstantSource clock;

    public PreparedRedirects(RedirectSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
    }

    @Override
    public @Nullable PreparedAnswer encode(Link link) {
        long now = clock.millis();
        long until =
                link.validUntil() == null ? Long.MAX_VALUE : link.validUntil().toEpochMilli();
        boolean begun = link.validSince() == null || link.validSince().toEpochMilli() <= now;
        if (!begun
                || until <= now
                || link.blocked()
                || link.passwordHash() != null
                || link.maxVisits() != null
                || !link.rules().isEmpty()) {
            return null;
        }
        String head = "HTTP/1.1 " + link.status().code() + ' ' + reason(link.status()) + "\r\nlocation: "
                + LocationHeader.of(link.longUrl()) + "\r\ncache-control: "
                + cacheControl(link.status(), settings.permanentMaxAge())
                + "\r\nserver-timing: l1\r\ncontent-length: 0\r\n";
        return new PreparedAnswer(link.id(), head.getBytes(StandardCharsets.US_ASCII), link.forwardQuery(), until);
    }

    /** Always private: a shared cache would swallow other visitors' clicks. */
    static String cacheControl(RedirectStatus status, Duration permanentMaxAge) {
        return switch (status) {
            case MOVED_PERMANENTLY, PERMANENT_REDIRECT -> "private, max-age=" + permanentMaxAge.toSeconds();
            case FOUND, TEMPORARY_REDIRECT -> "private, max-age=0";
        };
    }

    private static String reason(RedirectStatus status) {
        return switch (status) {
            case MOVED_PERMANENTLY -> "Moved Permanently";
            case FOUND -> "Found";
            case TEMPORARY_REDIRECT -> "Temporary Redirect";
            case PERMANENT_REDIRECT -> "Permanent Redirect";
        };
    }
}
