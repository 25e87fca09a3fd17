package dev.casebook.urlshortener.analytics;

import java.nio.charset.StandardCharsets;

/** Makes clicks for tests. */
public final class Clicks {
    public static final String FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
    public static final String IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15"
            + " (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";
    public static final String GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)";

    private Clicks() {}

    /** A click from 192.0.2.{@code host}. */
    public static Click click(
            long linkId, long epochMillis, int host, String userAgent, String referer, String language) {
        return click(linkId, epochMillis, new byte[] {(byte) 192, 0, 2, (byte) host}, userAgent, referer, language);
    }

    public static Click click(
            long linkId, long epochMillis, byte[] address, String userAgent, String referer, String language) {
        Click click = new Click();
        click.linkId = linkId;
        click.epochMillis = epochMillis;
        System.arraycopy(address, 0, click.bytes, 0, address.length);
        click.addressLength = address.length;
        int at = Click.ADDRESS_BYTES_MAX;
        click.userAgentOffset = at;
        click.userAgentLength = put(click, at, userAgent);
        at += click.userAgentLength;
        click.refererOffset = at;
        click.refererLength = put(click, at, referer);
        at += click.refererLength;
        click.acceptLanguageOffset = at;
        click.acceptLanguageLength = put(click, at, language);
        return click;
    }

    private static int put(Click click, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, Click.HEADER_BYTES_MAX);
        System.arraycopy(bytes, 0, click.bytes, at, length);
        return length;
    }
}
