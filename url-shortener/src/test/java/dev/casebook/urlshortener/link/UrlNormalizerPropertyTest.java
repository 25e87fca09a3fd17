package dev.casebook.urlshortener.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class UrlNormalizerPropertyTest {
    private final UrlNormalizer urls = new UrlNormalizer();

    @Provide
    Arbitrary<String> typed() {
        Arbitrary<String> scheme = Arbitraries.of("http", "https", "HTTP", "ftp", "mailto");
        Arbitrary<String> host = Arbitraries.of(
                "example.com",
                "EXAMPLE.com.",
                "bücher.example",
                "127.0.0.1",
                "[::1]",
                "xn--bcher-kva.example",
                "a_b.c");
        Arbitrary<String> rest = Arbitraries.strings()
                .withChars("abcXYZ0189/.%2eE7é☃?&=#+:@!'()*,;~-_ <>\"{}|^`[]")
                .ofMaxLength(60);
        return Combinators.combine(scheme, host, rest).as((s, h, r) -> s + "://" + h + "/" + r);
    }

    @Property(tries = 500)
    void normalisingTwiceIsNormalisingOnce(@ForAll("typed") String typed) {
        NormalizedUrl once = ((Checked.Accepted<NormalizedUrl>) urls.normalize(typed)).value();

        assertThat(urls.normalize(once.url())).isEqualTo(new Checked.Accepted<>(once));
    }

    /** The JDK's parser, by RFC 2396, is the independent reader. */
    @Property(tries = 500)
    void theResultIsSafeInAHeaderAndAnotherParserReadsTheSameHost(@ForAll("typed") String typed) {
        NormalizedUrl url = ((Checked.Accepted<NormalizedUrl>) urls.normalize(typed)).value();

        assertThat(url.url()).matches("[\\x21-\\x7e]+");
        if (url.scheme().startsWith("http")
                && !url.host().contains("_")
                && url.host().charAt(0) != '[') {
            URI parsed = URI.create(url.url());
            assertThat(parsed.getHost()).isEqualTo(url.host());
            assertThat(parsed.getUserInfo()).isNull();
            assertThat(parsed.normalize().getRawPath()).doesNotContain("/../").doesNotContain("/./");
        }
    }

    @Property(tries = 500)
    void noStringMakesItFail(@ForAll String anything) {
        assertThat(urls.normalize(anything)).isNotNull();
        assertThat(urls.normalize("http://" + anything)).isNotNull();
        assertThat(urls.normalize("http://a/" + anything)).isNotNull();
    }
}
