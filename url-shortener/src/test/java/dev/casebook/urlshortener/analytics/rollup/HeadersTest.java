package dev.casebook.urlshortener.analytics.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeadersTest {
    @ParameterizedTest
    @CsvSource({
        "https://www.Example.org/a/b?c=d, example.org",
        "http://news.example:8080/, news.example",
        "https://user:secret@example.org/, example.org",
        "https://[2001:db8::1]:443/x, [2001:db8::1]",
        "android-app://com.google.android.gm/, com.google.android.gm",
        "https://example.org?x, example.org",
        "about:blank, ''",
        "'', ''",
        "://, ''"
    })
    void findsTheHostOfAReferer(String referer, String host) {
        assertThat(Headers.refererHost(referer)).isEqualTo(host);
    }

    @Test
    void boundsTheLengthOfAHost() {
        assertThat(Headers.refererHost("https://" + "a".repeat(500))).hasSize(253);
    }

    @ParameterizedTest
    @CsvSource({"'de-DE,de;q=0.9,en;q=0.8', de", "EN-us, en", "fil, fil", "*, ''", "'', ''", "x, ''", "abcdefghijk, ''"
    })
    void findsTheFirstLanguage(String header, String language) {
        assertThat(Headers.language(header)).isEqualTo(language);
    }

    @ParameterizedTest
    @CsvSource({"203.0.113.99, 3, 203.0.113.0", "2001:db8:0:1::5, 6, 2001:db8:0::", "::1, 0, ''"})
    void writesANetworkAsPeopleDo(String address, int bytes, String network) throws UnknownHostException {
        byte[] prefix = Arrays.copyOf(InetAddress.getByName(address).getAddress(), bytes);

        assertThat(Headers.network(prefix)).isEqualTo(network);
    }
}
