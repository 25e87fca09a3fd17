package dev.casebook.urlshortener.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.link.Rejection.Reason;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlugPolicyTest {
    private final SlugPolicy policy = new SlugPolicy(Set.of("Imprint"));

    private String accepted(String slug) {
        return switch (policy.check(slug)) {
            case Checked.Accepted<String> accepted -> accepted.value();
            case Checked.Refused<String> refused -> throw new AssertionError(refused.rejection());
        };
    }

    private Reason refusal(String slug) {
        return switch (policy.check(slug)) {
            case Checked.Accepted<String> accepted -> throw new AssertionError(accepted.value());
            case Checked.Refused<String> refused -> refused.rejection().reason();
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "Sale-2026", "v1.2_rc~3", "bücher", "продажа", "販売セール", "0", "restaurant"})
    void acceptsWordsOfAnyOneScript(String slug) {
        assertThat(accepted(slug)).isEqualTo(slug);
    }

    @Test
    void keepsCaseAndComposesAccents() {
        assertThat(accepted("AbC")).isEqualTo("AbC");
        assertThat(accepted("bu\u0308cher")).isEqualTo("b\u00fccher");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"rest", "REST", "Rest", "ｒest", "health", "robots.txt", "favicon.ico", "imprint", "IMPRINT"})
    void reservesTheServicesOwnPathsInEverySpelling(String slug) {
        assertThat(refusal(slug)).isEqualTo(Reason.SLUG_RESERVED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a/b",
                "a+",
                "a b",
                "a?b",
                "a#b",
                "a%20b",
                "a\\b",
                ".",
                "..",
                ".well-known",
                "a\u0000",
                "a\r\nb",
                "a\u200bb", // zero-width space
                "a\u202eb", // right-to-left override
                "☃",
                "😀",
                "pаy", // Cyrillic а
                "r\u0435st", // Cyrillic е
            })
    void refusesWhatBreaksPathsOrDeceives(String slug) {
        assertThat(refusal(slug)).isEqualTo(Reason.SLUG_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a\u0000",
                "\u0000",
                "\r\nX:y",
                "a/b",
                "a+",
                "a b",
                ".well-known",
                "..",
                "a\u202eb", // right-to-left override
                "☃",
                "😀",
                "\ud800", // half of a pair
            })
    void looksUpNothingThatNoLinkCanHave(String slug) {
        assertThat(policy.lookupForm(slug)).isEmpty();
        assertThat(refusal(slug)).isEqualTo(Reason.SLUG_MALFORMED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "v1.2_rc~3", "bücher", "販売セール", "imprint", "rest", "pаy"})
    void looksUpWhatALinkMayHaveEvenIfNobodyMayChooseItNow(String slug) {
        assertThat(policy.lookupForm(slug)).contains(slug);
    }

    @Test
    void looksUpTheStoredFormWithinTheStoredLength() {
        assertThat(policy.lookupForm("bu\u0308cher")).contains("b\u00fccher");
        assertThat(policy.lookupForm("u\u0308".repeat(128))).contains("\u00fc".repeat(128));
        assertThat(policy.lookupForm("ü".repeat(129))).isEmpty();
    }

    @Test
    void measuresLengthInBytes() {
        assertThat(accepted("x".repeat(256))).hasSize(256);
        assertThat(refusal("x".repeat(257))).isEqualTo(Reason.SLUG_TOO_LONG);
        assertThat(refusal("ü".repeat(129))).isEqualTo(Reason.SLUG_TOO_LONG);
    }
}
