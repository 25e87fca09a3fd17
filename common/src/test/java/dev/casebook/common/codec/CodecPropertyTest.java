package dev.casebook.common.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.f4b6a3.tsid.Tsid;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class CodecPropertyTest {
    private static final String BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final String BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final BigInteger LONG_MAX = BigInteger.valueOf(Long.MAX_VALUE);

    @Property
    void longsHaveTheTextOfSchoolArithmetic(@ForAll @LongRange(min = 0) long value) {
        assertThat(Base62.encode(value)).isEqualTo(text(BigInteger.valueOf(value), BASE62));
        assertThat(Base58.encode(value)).isEqualTo(text(BigInteger.valueOf(value), BASE58));
        assertThat(Base62.decode(Base62.encode(value))).isEqualTo(value);
        assertThat(Base58.decode(Base58.encode(value))).isEqualTo(value);
    }

    @Property
    void anyElevenDigitsReadAsSchoolArithmeticOrAreMalformed(
            @ForAll @AlphaChars @NumericChars @StringLength(min = 9, max = 12) String digits) {
        BigInteger value = BigInteger.ZERO;
        for (int i = 0; i < digits.length(); i++) {
            value = value.multiply(BigInteger.valueOf(62)).add(BigInteger.valueOf(BASE62.indexOf(digits.charAt(i))));
        }
        boolean fits = digits.length() <= Base62.LENGTH_MAX && value.compareTo(LONG_MAX) <= 0;

        assertThat(Base62.tryDecode(digits)).isEqualTo(fits ? value.longValueExact() : Base62.MALFORMED);
    }

    @Property
    void textsOfOneWidthSortLikeTheirNumbers(
            @ForAll @LongRange(min = 0) long one, @ForAll @LongRange(min = 0) long other) {
        byte[] texts = new byte[26];
        Base62.encode(one, texts, 0, 11);
        Base62.encode(other, texts, 11, 11);
        String first = new String(texts, 0, 11, StandardCharsets.US_ASCII);
        String second = new String(texts, 11, 11, StandardCharsets.US_ASCII);

        assertThat(Integer.signum(first.compareTo(second))).isEqualTo(Long.compare(one, other));
    }

    @Property
    void arbitraryBytesNeverReadAsANumberWithAnotherText(@ForAll @Size(max = 12) byte[] bytes) {
        long value = Base62.tryDecode(bytes, 0, bytes.length);

        if (value != Base62.MALFORMED) {
            byte[] out = new byte[bytes.length];
            Base62.encode(value, out, 0, out.length);
            assertThat(out).isEqualTo(bytes);
        }
    }

    @Property
    void bytesHaveTheTextOfSchoolArithmeticAfterTheirLeadingZeros(@ForAll @Size(max = 80) byte[] bytes) {
        assertThat(Base58.encodeBytes(bytes)).isEqualTo(textOfBytes(bytes, BASE58));
        assertThat(Base62.encodeBytes(bytes)).isEqualTo(textOfBytes(bytes, BASE62));
        assertThat(Base58.decodeBytes(Base58.encodeBytes(bytes))).isEqualTo(bytes);
        assertThat(Base62.decodeBytes(Base62.encodeBytes(bytes))).isEqualTo(bytes);
    }

    @Property
    void crockfordOfLongsIsThatOfTsidCreator(@ForAll long value) {
        byte[] out = new byte[Crockford32.LENGTH_MAX];
        Crockford32.encode(value, out, 0, out.length);
        String text = new String(out, StandardCharsets.US_ASCII);

        assertThat(text).isEqualTo(Tsid.from(value).toString());
        assertThat(Crockford32.decode(text)).isEqualTo(value);
        assertThat(Crockford32.decode(Tsid.from(value).toLowerCase())).isEqualTo(value);
        assertThat(Crockford32.decode(Crockford32.encode(value))).isEqualTo(value);
    }

    @Property
    void crockfordAcceptsTheThirteenCharactersThatTsidCreatorAccepts(
            @ForAll @AlphaChars @NumericChars @StringLength(13) String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);

        assertThat(Crockford32.isValid(text)).isEqualTo(Tsid.isValid(text));
        assertThat(Crockford32.isValid(bytes, 0, bytes.length)).isEqualTo(Tsid.isValid(text));
        if (Tsid.isValid(text)) {
            assertThat(Crockford32.decode(bytes, 0, bytes.length))
                    .isEqualTo(Tsid.from(text).toLong());
        }
    }

    @Property
    void crockfordOfBytesRoundTripsAndIsTheBitStringInFives(@ForAll @Size(max = 40) byte[] bytes) {
        StringBuilder bits = new StringBuilder();
        for (byte octet : bytes) {
            bits.append(Integer.toBinaryString((octet & 0xFF) | 0x100), 1, 9);
        }
        while (bits.length() % 5 != 0) {
            bits.append('0');
        }
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < bits.length(); i += 5) {
            expected.append("0123456789ABCDEFGHJKMNPQRSTVWXYZ".charAt(Integer.parseInt(bits.substring(i, i + 5), 2)));
        }

        assertThat(Crockford32.encodeBytes(bytes)).isEqualTo(expected.toString());
        assertThat(Crockford32.decodeBytes(expected)).isEqualTo(bytes);
    }

    private static String textOfBytes(byte[] bytes, String alphabet) {
        int zeros = 0;
        while (zeros < bytes.length && bytes[zeros] == 0) {
            zeros++;
        }
        String digits = zeros == bytes.length ? "" : text(new BigInteger(1, bytes), alphabet);
        return alphabet.substring(0, 1).repeat(zeros) + digits;
    }

    private static String text(BigInteger value, String alphabet) {
        BigInteger base = BigInteger.valueOf(alphabet.length());
        StringBuilder digits = new StringBuilder();
        BigInteger rest = value;
        do {
            digits.append(alphabet.charAt(rest.mod(base).intValue()));
            rest = rest.divide(base);
        } while (rest.signum() > 0);
        return digits.reverse().toString();
    }
}
