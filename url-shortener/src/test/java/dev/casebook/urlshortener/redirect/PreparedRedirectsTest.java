package dev.casebook.urlshortener.redirect;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.cache.PreparedAnswer;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.RedirectRule;
import dev.casebook.urlshortener.link.RedirectStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Which links have an answer that can be encoded once, and what is in it. */
class PreparedRedirectsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T08:00:00Z");

    private final PreparedRedirects encoder = new PreparedRedirects(RedirectSettings.defaults(), () -> NOW);

    @Test
    void encodesALinkThatIsTheSameForEverybody() {
        PreparedAnswer answer = requireNonNull(encoder.encode(link(null, null, null, List.of(), false, false)));

        assertThat(answer.linkId()).isEqualTo(42);
        assertThat(answer.onlyWithoutQuery()).isFalse();
        assertThat(answer.untilEpochMillis()).isEqualTo(Long.MAX_VALUE);
        assertThat(new String(answer.bytes(), StandardCharsets.US_ASCII))
                .startsWith("HTTP/1.1 302 Found\r\nlocation: https://example.com/a?b=c\r\n")
                .contains("\r\ncache-control: private, max-age=0\r\n")
                .endsWith("\r\ncontent-length: 0\r\n");
    }

    @Test
    void encodesALinkThatForwardsQueriesForRequestsThatHaveNone() {
        PreparedAnswer answer = requireNonNull(encoder.encode(link(null, null, null, List.of(), true, false)));

        assertThat(answer.onlyWithoutQuery()).isTrue();
    }

    @Test
    void holdsOnlyUntilTheLinkExpires() {
        Instant end = NOW.plusSeconds(5);

        PreparedAnswer answer = requireNonNull(encoder.encode(link(NOW, end, null, List.of(), false, false)));

        assertThat(answer.untilEpochMillis()).isEqualTo(end.toEpochMilli());
    }

    @Test
    void leavesLinksToTheRoutesWhoseAnswerDependsOnTheVisitorOrTheMoment() {
        RedirectRule rule = new RedirectRule(
                1,
                "https://example.com/phone",
                List.of(new RedirectRule.Condition(RedirectRule.Type.DEVICE, null, "android")));

        assertThat(encoder.encode(link(NOW.plusMillis(1), null, null, List.of(), false, false)))
                .isNull();
        assertThat(encoder.encode(link(null, NOW, null, List.of(), false, false)))
                .isNull();
        assertThat(encoder.encode(link(null, null, 1, List.of(), false, false))).isNull();
        assertThat(encoder.encode(link(null, null, null, List.of(rule), false, false)))
                .isNull();
        assertThat(encoder.encode(link(null, null, null, List.of(), false, true)))
                .isNull();
    }

    private static Link link(
            @Nullable Instant since,
            @Nullable Instant until,
            @Nullable Integer maxVisits,
            List<RedirectRule> rules,
            boolean forwardQuery,
            boolean blocked) {
        return new Link(
                42,
                LinkKey.ofSlug("abc"),
                1,
                "https://example.com/a?b=c",
                RedirectStatus.FOUND,
                NOW,
                since,
                until,
                maxVisits,
                null,
                rules,
                forwardQuery,
                false,
                blocked,
                null,
                Set.of(),
                null);
    }
}
