package dev.casebook.urlshortener.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.link.Rejection.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlNormalizerTest {
    private final UrlNormalizer urls = new UrlNormalizer();

    private NormalizedUrl accepted(String typed) {
        return switch (urls.normalize(typed)) {
            case Checked.Accepted<NormalizedUrl> accepted -> accepted.value();
            case Checked.Refused<NormalizedUrl> refused -> throw new AssertionError(refused.rejection());
        };
    }

    private Reason refusal(String typed) {
        return switch (urls.normalize(typed)) {
            case Checked.Accepted<NormalizedUrl> accepted -> throw new AssertionError(accepted.value());
            case Checked.Refused<NormalizedUrl> refused -> refused.rejection().reason();
        };
    }

    /** Among them the examples of RFC 3986, sections 6.2.2 and 5.2.4. */
    @ParameterizedTest
    @CsvSource(
            delimiterString = " -> ",
            value = {
                "HTTP://www.EXAMPLE.com/ -> http://www.example.com/",
                "http://example.com -> http://example.com/",
                "http://example.com:80/ -> http://example.com/",
                "https://example.com:443 -> https://example.com/",
                "https://example.com: -> https://example.com/",
                "http://example.com:8080/x -> http://example.com:8080/x",
                "http://example.com./x -> http://example.com/x",
                "http://a/b/c/./../../g -> http://a/g",
                "http://a/mid/content=5/../6 -> http://a/mid/6",
                "http://a/../../g -> http://a/g",
                "http://a/b/.. -> http://a/",
                "http://a/b/. -> http://a/b/",
                "http://a/%2e%2e/g -> http://a/g",
                "http://a/.../g -> http://a/.../g",
                "http://a/b//c -> http://a/b//c",
                "http://a/%7euser -> http://a/~user",
                "http://a/%c3%a9 -> http://a/%C3%A9",
                "http://a/é -> http://a/%C3%A9",
                "http://a/b c -> http://a/b%20c",
                "http://a/100% -> http://a/100%25",
                "http://a/%zz -> http://a/%25zz",
                "http://a?q=1&r=a/b?c -> http://a/?q=1&r=a/b?c",
                "http://a/#frag ment -> http://a/#frag%20ment",
                "http://a/? -> http://a/?",
                "http://a/<script>\" -> http://a/%3Cscript%3E%22",
                "http://my_host.example/ -> http://my_host.example/",
                "http://r3---sn-4g5e.example/ -> http://r3---sn-4g5e.example/",
                "http://127.0.0.1:99/ -> http://127.0.0.1:99/",
                "http://[::1]/ -> http://[::1]/",
                "http://[2001:DB8:0:0:1:0:0:1]/ -> http://[2001:db8::1:0:0:1]/",
                "http://[2001:db8:0:1:1:1:1:1]/ -> http://[2001:db8:0:1:1:1:1:1]/",
                "http://[0:0:0:0:0:0:0:0]:8080/ -> http://[::]:8080/",
                "mailto:A@example.com -> mailto:A@example.com",
                "JavaScript:alert(1) -> javascript:alert(1)",
            })
    void writesEveryUrlInOneSpelling(String typed, String normalized) {
        assertThat(accepted(typed).url()).isEqualTo(normalized);
    }

    /** ß, ς and the joiners stay what they are, as in browsers; IDNA 2003 would send these visitors elsewhere. */
    @ParameterizedTest
    @CsvSource({
        "http://bücher.example/, xn--bcher-kva.example, bücher.example",
        "http://BÜCHER.example/, xn--bcher-kva.example, bücher.example",
        "http://faß.example/, xn--fa-hia.example, faß.example",
        "http://xn--bcher-kva.example/, xn--bcher-kva.example, bücher.example",
        "http://例え。テスト/, xn--r8jz45g.xn--zckzah, 例え.テスト",
        "http://ｅｘａｍｐｌｅ.com/, example.com, example.com",
    })
    void readsInternationalHostsAsBrowsersDo(String typed, String ascii, String display) {
        NormalizedUrl url = accepted(typed);

        assertThat(url.host()).isEqualTo(ascii);
        assertThat(url.displayHost()).isEqualTo(display);
        assertThat(url.homograph()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://pаypal.com/", // Cyrillic а among Latin letters
                "http://аррӏе.com/", // all Cyrillic, looks like apple
                "http://xn--80ak6aa92e.com/", // the same, written as punycode
                "http://ɡoogle.com/", // Latin letter, but for a g that is none
                "http://examρle.com/", // Greek ρ
            })
    void showsPunycodeForHostsThatLookLikeOthers(String typed) {
        NormalizedUrl url = accepted(typed);

        assertThat(url.homograph()).isTrue();
        assertThat(url.displayHost()).isEqualTo(url.host()).contains("xn--");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "example.com",
                "//example.com/",
                "http:/example.com",
                "http:example.com",
                "http://",
                "http:///path",
                "https://?q",
                "http://user@example.com/",
                "http://user:password@example.com/",
                "http://good.example\\@evil.example/",
                "http:\\\\evil.example/",
                "http://exa mple.com/",
                "http://exa%6dple.com/",
                "http://a..b/",
                "http://.example.com/",
                "http://example.com:0/",
                "http://example.com:65536/",
                "http://example.com:http/",
                "http://example.com:80:80/",
                "http://[::1/",
                "http://[::1]x/",
                "http://[fe80::1%25eth0]/",
                "http://[::ffff:127.0.0.1]/",
                "http://[gggg::]/",
                "http://2130706433/",
                "http://0x7f.1/",
                "http://0177.0.0.1/",
                "http://127.1/",
                "http://256.1.1.1/",
                "http://1.2.3.4.5/",
                "http://１２７.1/",
                "http://ex\u202eample.com/",
                "http://xn--zzzzzzzzzz-.example/",
                "http://a/\r\nSet-Cookie: x=1",
                "http://a/\nx",
                "http://a/\n",
                "\thttp://a/",
                "http://a/\u0000",
                "http://a/\u007f",
                "http://a/\u0085",
                "http://a/\u2028",
                "http://a/\ud800",
            })
    void refusesWhatIsNotAUrlOrIsReadDifferentlyByOthers(String typed) {
        assertThat(refusal(typed)).isEqualTo(Reason.URL_MALFORMED);
    }

    @Test
    void measuresLengthBeforeAndAfterEncoding() {
        String prefix = "http://a/";
        int room = UrlNormalizer.URL_BYTES_MAX - prefix.length();

        assertThat(accepted(prefix + "x".repeat(room)).url()).hasSize(8_192);
        assertThat(refusal(prefix + "x".repeat(room + 1))).isEqualTo(Reason.URL_TOO_LONG);
        assertThat(refusal(prefix + "é".repeat(room / 3))).isEqualTo(Reason.URL_TOO_LONG);
        assertThat(refusal(prefix + "x".repeat(64 * 1_024))).isEqualTo(Reason.URL_TOO_LONG);
    }

    @Test
    void knowsThePortThatIsConnectedTo() {
        assertThat(accepted("http://a/").port()).isEqualTo(80);
        assertThat(accepted("https://a/").port()).isEqualTo(443);
        assertThat(accepted("https://a:8443/").port()).isEqualTo(8_443);
        assertThat(accepted("mailto:a@b").port()).isEqualTo(-1);
        assertThat(accepted("  https://a/  ").url()).isEqualTo("https://a/");
    }
}
