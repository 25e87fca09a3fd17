package dev.casebook.urlshortener.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PasswordHashTest {
    private final PasswordHash hashes = new PasswordHash(new Random(20261121), 1_000);

    @Test
    void verifiesTheRightPasswordOnly() {
        String hash = hashes.hash("correct horse");

        assertThat(PasswordHash.verify("correct horse", hash)).isTrue();
        assertThat(PasswordHash.verify("correct horsf", hash)).isFalse();
        assertThat(PasswordHash.verify("", hash)).isFalse();
        assertThat(PasswordHash.verify("pässwörd ☂", hashes.hash("pässwörd ☂"))).isTrue();
    }

    @Test
    void saltsEachHashAndNamesItsCost() {
        String hash = hashes.hash("same");

        assertThat(hash).startsWith("pbkdf2-sha256$1000$").isNotEqualTo(hashes.hash("same"));
        assertThat(PasswordHash.verify("same", new PasswordHash(new Random(1), 2_000).hash("same")))
                .isTrue();
    }

    /** RFC 7914 section 11, the second vector, cut to our 32 bytes. */
    @Test
    void agreesWithThePublishedVector() {
        String salt = Base64.getEncoder().withoutPadding().encodeToString("NaCl".getBytes(StandardCharsets.US_ASCII));
        String expected = Base64.getEncoder()
                .withoutPadding()
                .encodeToString(
                        HexFormat.of().parseHex("4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"));

        assertThat(PasswordHash.verify("Password", "pbkdf2-sha256$80000$" + salt + "$" + expected))
                .isTrue();
    }

    @Test
    void refusesHashesItDidNotMake() {
        assertThatThrownBy(() -> PasswordHash.verify("x", "plain")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PasswordHash.verify("x", "pbkdf2-sha256$2000000000$AA$AA"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10000000");
    }
}
