package dev.casebook.common.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Crockford32Test {
    @Test
    void lookAlikesAndLowerCaseAreRead() {
        assertThat(Crockford32.decode("oOiIlL")).isEqualTo(Crockford32.decode("001111"));
        assertThat(Crockford32.decode("zz")).isEqualTo(1023);
    }

    @Test
    void theLargestUnsignedLongHasThirteenDigits() {
        assertThat(Crockford32.encode(-1)).isEqualTo("FZZZZZZZZZZZZ");
        assertThat(Crockford32.decode("FZZZZZZZZZZZZ")).isEqualTo(-1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "U", "u", "A-B", "G000000000000", "00000000000000", "\u00e9", "\u0130"})
    void otherTextIsRefused(String text) {
        assertThat(Crockford32.isValid(text)).isFalse();
        assertThatThrownBy(() -> Crockford32.decode(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "000", "000000", "01", "0000G1U0"})
    void bytesRefuseLengthsThatNoArrayHasAndFillingThatIsNotZero(String text) {
        assertThatThrownBy(() -> Crockford32.decodeBytes(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void fixedWidthRefusesWhatDoesNotFit() {
        assertThatThrownBy(() -> Crockford32.encode(1024, new byte[2], 0, 2)).hasMessageContaining("value=1024");
    }
}
