package dev.casebook.urlshortener.redirect;

import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.ClickRecorder;
import java.nio.charset.StandardCharsets;

/** Records a click of a request that went the ordinary way. Thread-safe: each click is a new one. */
final class ClickCapture {
    private static final int ADDRESS_BYTES_MAX = 16;

    private final ClickRecorder clicks;

    ClickCapture(ClickRecorder clicks) {
        this.clicks = clicks;
    }

    void record(Request request, long linkId, long epochMillis) {
        Click click = new Click();
        click.linkId = linkId;
        click.epochMillis = epochMillis;
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
