package dev.casebook.urlshortener.redirect;

import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.ClickRecorder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Records a click of a request that went the ordinary way. Thread-safe: each click is a new one. */
final class ClickCapture {
    /** Where browsers say that nobody has asked for the page yet: all of them, older Chrome, older Firefox. */
    static final List<String> PURPOSES = List.of("sec-purpose", "purpose", "x-moz");

    /** How the values of {@link #PURPOSES} begin then; {@code prefetch;prerender} is one of them. */
    static final String PREFETCH = "prefetch";

    private static final int ADDRESS_BYTES_MAX = 16;

    private final ClickRecorder clicks;

    ClickCapture(ClickRecorder clicks) {
        this.clicks = clicks;
    }

    void record(Request request, long linkId, long epochMillis) {
        Click click = new Click();
        click.linkId = linkId;
        click.epochMillis = epochMillis;
        click.prefetch = PURPOSES.stream()
                .anyMatch(name -> request.header(name)
                        .filter(value -> value.regionMatches(true, 0, PREFETCH, 0, PREFETCH.length()))
                        .isPresent());
        byte[] address = request.clientAddress().getAddress();
        System.arraycopy(address, 0, click.bytes, 0, address.length);
        click.addressLength = address.length;
        int at = ADDRESS_BYTES_MAX;
        click.userAgentOffset = at;
        click.userAgentLength = copy(request, "user-agent", click, at);
        at += click.userAgentLength;
        click.refererOffset = at;
        click.refererLength = copy(request, "referer", click, at);
        at += click.refererLength;
        click.acceptLanguageOffset = at;
        click.acceptLanguageLength = copy(request, "accept-language", click, at);
        clicks.record(click); // a full queue counts its drops itself
    }

    private static int copy(Request request, String header, Click click, int to) {
        byte[] value = request.header(header).orElse("").getBytes(StandardCharsets.ISO_8859_1);
        int length = Math.min(value.length, Click.HEADER_BYTES_MAX);
        System.arraycopy(value, 0, click.bytes, to, length);
        return length;
    }
}
