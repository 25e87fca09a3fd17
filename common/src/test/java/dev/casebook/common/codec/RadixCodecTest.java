package dev.casebook.common.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RadixCodecTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "61,z",
        "62,10",
        "3521614606207,zzzzzzz",
        "3521614606208,10000000",
        "9223372036854775807,AzL8n0Y58m7"
    })
    void base62WritesAndReadsKnownNumbers(long value, String text) {
        byte[] out = new byte[20];

        assertThat(Base62.encode(value)).isEqualTo(text);
        assertThat(new String(out, 3, Base62.encode(value, out, 3), StandardCharsets.US_ASCII))
                .isEqualTo(text);
        assertThat(Base62.decode(text)).isEqualTo(value);
        assertThat(Base62.tryDecode(out, 3, text.length())).isEqualTo(value);
    }

    @Test
    void fixedWidthPutsZerosInFrontAndTouchesNothingElse() {
        byte[] out = "..........".getBytes(StandardCharsets.US_ASCII);

        Base62.encode(62, out, 2, 7);

        assertThat(new String(out, StandardCharsets.US_ASCII)).isEqualTo("..0000010.");
    }

    @Test
    void fixedWidthRefusesWhatDoesNotFit() {
        assertThatThrownBy(() -> Base62.encode(3521614606208L, new byte[7], 0, 7))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("7 base-62 digits: value=3521614606208");
    }

    @Test
    void negativeNumbersAreRefused() {
        assertThatThrownBy(() -> Base62.encode(-1)).hasMessageContaining("value=-1");
        assertThatThrownBy(() -> Base58.encode(Long.MIN_VALUE, new byte[20], 0)).hasMessageContaining("must be >= 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "-1",
                "a-b",
                "abc\u0000",
                "\u0661",
                "\u00e9",
                "\uff11",
                "AzL8n0Y58m8",
                "zzzzzzzzzzz",
                "lYGhA16ahyf",
                "lYGhA16ahyg",
                "000000000000",
                "+5"
            })
    void base62TextThatIsNoNumberIsMalformed(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

        assertThat(Base62.tryDecode(text)).isEqualTo(Base62.MALFORMED);
        assertThat(Base62.tryDecode(bytes, 0, bytes.length)).isEqualTo(Base62.MALFORMED);
        assertThatThrownBy(() -> Base62.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "O", "I", "l", "1O"})
    void base58HasNoLookAlikes(String text) {
        assertThat(Base58.tryDecode(text)).isEqualTo(Base58.MALFORMED);
        assertThatThrownBy(() -> Base58.decodeBytes(text)).isInstanceOf(IllegalArgumentException.class);
    }

    /** Vectors of draft-msporny-base58-03, section 5. */
    @ParameterizedTest
    @CsvSource({
        "48656c6c6f20576f726c6421, 2NEpo7TZRRrLZSi2U",
        "54686520717569636b2062726f776e20666f78206a756d7073206f76657220746865206c617a7920646f672e, "
                + "USm3fpXnKG5EUBx2ndxBDMPVciP5hGey2Jh4NDv6gmeo1LkMeiKrLJUUBk6Z",
        "0000287fb4cd, 11233QC4",
        "'', ''"
    })
    void base58OfBytesIsBitcoins(String hex, String text) {
        byte[] bytes = HexFormat.of().parseHex(hex);

        assertThat(Base58.encodeBytes(bytes)).isEqualTo(text);
        assertThat(Base58.decodeBytes(text)).isEqualTo(bytes);
    }

    @Test
    void byteArraysAreLimited() {
        assertThat(Base58.decodeBytes(Base58.encodeBytes(new byte[Base58.BYTES_MAX])))
                .hasSize(Base58.BYTES_MAX);
        assertThatThrownBy(() -> Base58.encodeBytes(new byte[Base58.BYTES_MAX + 1]))
                .hasMessageContaining("length=1025");
        assertThatThrownBy(() -> Base62.decodeBytes("z".repeat(2000))).hasMessageContaining("length=2000");
    }
}
