package dev.casebook.urlshortener.redirect;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Puts a URL into a header field: visible ASCII as it is, everything else (controls, spaces, other scripts) as
 * percent-encoded UTF-8, so that no stored or forwarded text can end the field or the head (CWE-113).
 */
final class LocationHeader {
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private LocationHeader() {}

    static String of(String url) {
        int plain = 0;
        while (plain < url.length() && isVisibleAscii(url.charAt(plain))) {
            plain++;
        }
        if (plain == url.length()) {
            return url;
        }
        StringBuilder out = new StringBuilder(url.length() + 32).append(url, 0, plain);
        for (byte octet : url.substring(plain).getBytes(StandardCharsets.UTF_8)) {
            if (isVisibleAscii((char) (octet & 0xff))) {
                out.append((char) octet);
            } else {
                HEX.toHexDigits(out.append('%'), octet);
            }
        }
        return out.toString();
    }

    private static boolean isVisibleAscii(char c) {
        return c > ' ' && c < 0x7f;
    }
}
