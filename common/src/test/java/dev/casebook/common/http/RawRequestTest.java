package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The scanner by itself: where things are, and what it needs more bytes for. */
final class RawRequestTest {
    private static final String HEAD = String.join(
            "\r\n",
            "GET /abc?x=1 HTTP/1.1",
            "Host: s.example",
            "User-Agent:curl/8",
            "X-Forwarded-For: 6.6.6.6",
            "ACCEPT-LANGUAGE: \t de , en\t ",
            "X-Forwarded-For: 198.51.100.1, 10.0.0.2",
            "Empty:",
            "",
            "");

    private final RawRequest request = new RawRequest(1_024, TrustedProxies.of("10.0.0.0/8"));

    private int parse(String bytes) {
        byte[] ascii = bytes.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(ascii, 0, request.array(), 0, ascii.length);
        return request.parse(0, ascii.length);
    }

    private String value(String name) {
        long found = request.find(HeaderName.of(name));
        return found < 0 ? "none" : text(found);
    }

    private String text(long found) {
        return new String(
                request.array(), RawRequest.offset(found), RawRequest.length(found), StandardCharsets.ISO_8859_1);
    }

    @Test
    void findsTargetAndFields() {
        assertThat(parse(HEAD)).isEqualTo(HEAD.length());
        assertThat(request.isHead()).isFalse();
        assertThat(request.keepAlive()).isTrue();
        assertThat(new String(
                        request.array(), request.targetStart(), request.targetLength(), StandardCharsets.US_ASCII))
                .isEqualTo("/abc?x=1");
        assertThat(value("host")).isEqualTo("s.example");
        assertThat(value("User-agent")).isEqualTo("curl/8");
        assertThat(value("Accept-Language")).isEqualTo("de , en");
        assertThat(value("empty")).isEmpty();
        assertThat(value("hos")).isEqualTo("none");
        assertThat(value("cookie")).isEqualTo("none");
    }

    @Test
    void needsEveryByteOfTheHeadAndNoneBehindIt() {
        for (int length = 0; length < HEAD.length(); length++) {
            Arrays.fill(request.array(), (byte) '\n');
            assertThat(parse(HEAD.substring(0, length)))
                    .as("after %d bytes", length)
                    .isEqualTo(RawRequest.INCOMPLETE);
        }
        assertThat(parse(HEAD + "GET")).isEqualTo(HEAD.length());
    }

    @Test
    void declinesAsSoonAsTheMethodIsAnother() {
        assertThat(parse("P")).isEqualTo(RawRequest.DECLINED);
        assertThat(parse("HEAR")).isEqualTo(RawRequest.DECLINED);
        assertThat(parse("GETX /a HTTP/1.1\r\nHost: a\r\n\r\n")).isEqualTo(RawRequest.DECLINED);
    }

    @Test
    void declinesMoreFieldsThanItHasRoomFor() {
        String fields = "a: b\r\n".repeat(RawRequest.FIELDS_MAX - 1);
        assertThat(parse("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n")).isPositive();
        assertThat(parse("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "a: b\r\n\r\n"))
                .isEqualTo(RawRequest.DECLINED);
    }

    @Test
    void tellsTheClientBehindTrustedProxies() {
        byte[] out = new byte[16];
        parse(HEAD);
        request.connection(new InetSocketAddress("10.0.0.1", 1), new byte[] {10, 0, 0, 1}, false);
        assertThat(request.clientAddress(out)).isEqualTo(4);
        assertThat(Arrays.copyOf(out, 4)).containsExactly(198, 51, 100, 1);
        assertThat(request.isFromTrustedProxy()).isTrue();

        request.connection(new InetSocketAddress("192.0.2.1", 1), new byte[] {(byte) 192, 0, 2, 1}, false);
        assertThat(request.clientAddress(out)).isEqualTo(4);
        assertThat(Arrays.copyOf(out, 4)).containsExactly(192, 0, 2, 1);
        assertThat(request.isFromTrustedProxy()).isFalse();
    }

    @Test
    void walksOverSeveralForwardedFields() {
        byte[] out = new byte[16];
        parse(
                "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 6.6.6.6, 198.51.100.1\r\nX-Forwarded-For: 10.0.0.2\r\n\r\n");
        request.connection(new InetSocketAddress("10.0.0.1", 1), new byte[] {10, 0, 0, 1}, false);

        assertThat(request.clientAddress(out)).isEqualTo(4);
        assertThat(Arrays.copyOf(out, 4)).containsExactly(198, 51, 100, 1);
    }

    @Test
    void tellsTheHostThatATrustedProxyWasAskedFor() {
        String forwarded =
                "X-Forwarded-Host: first.example\r\nX-Forwarded-Host: claimed.example,\t outer.example:8080 \r\n";
        InetSocketAddress proxy = new InetSocketAddress("10.0.0.1", 1);
        byte[] proxyAddress = {10, 0, 0, 1};

        request.connection(proxy, proxyAddress, false);
        parse("GET / HTTP/1.1\r\n" + forwarded + "Host: inner.example\r\n\r\n");
        assertThat(text(request.host())).isEqualTo("outer.example:8080");
        parse("GET / HTTP/1.1\r\nHost: inner.example\r\n\r\n");
        assertThat(text(request.host())).isEqualTo("inner.example");
        parse("GET / HTTP/1.1\r\nHost: inner.example\r\nX-Forwarded-Host:\r\n\r\n");
        assertThat(text(request.host())).isEmpty();

        request.connection(new InetSocketAddress("192.0.2.1", 1), new byte[] {(byte) 192, 0, 2, 1}, false);
        parse("GET / HTTP/1.1\r\n" + forwarded + "Host: inner.example\r\n\r\n");
        assertThat(text(request.host())).isEqualTo("inner.example");
    }
}
