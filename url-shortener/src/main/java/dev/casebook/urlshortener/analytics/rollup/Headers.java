package dev.casebook.urlshortener.analytics.rollup;

import java.util.HexFormat;
import java.util.Locale;

/** What rollups keep of the other headers and of the address. Pure functions; they accept whatever visitors send. */
final class Headers {
    private static final int HOST_LENGTH_MAX = 253;
    private static final int LANGUAGE_LENGTH_MAX = 8;

    private Headers() {}

    /** The host of a Referer, lower case, without port and {@code www.}; empty when there is none to be found. */
    static String refererHost(String referer) {
        int scheme = referer.indexOf("://");
        if (scheme < 0) {
            return "";
        }
        int from = scheme + 3;
        int to = from;
        while (to < referer.length() && "/?#\\".indexOf(referer.charAt(to)) < 0) {
            to++;
        }
        String authority = referer.substring(from, to);
        String host = authority.substring(authority.lastIndexOf('@') + 1);
        int port = host.startsWith("[") ? host.indexOf(':', host.indexOf(']') + 1) : host.indexOf(':');
        if (port >= 0) {
            host = host.substring(0, port);
        }
        host = host.toLowerCase(Locale.ROOT);
        if (host.startsWith("www.")) {
            host = host.substring(4);
        }
        return host.length() > HOST_LENGTH_MAX ? host.substring(0, HOST_LENGTH_MAX) : host;
    }

    /** The primary subtag of the first language of an Accept-Language (RFC 9110 section 12.5.4), lower case. */
    static String language(String acceptLanguage) {
        int end = 0;
        while (end < acceptLanguage.length() && isLetter(acceptLanguage.charAt(end))) {
            end++;
        }
        return end >= 2 && end <= LANGUAGE_LENGTH_MAX
                ? acceptLanguage.substring(0, end).toLowerCase(Locale.ROOT)
                : "";
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }

    /** An address prefix as people write it: {@code 192.0.2.0} or {@code 2001:db8:1::}. */
    static String network(byte[] prefix) {
        return switch (prefix.length) {
            case 3 -> (prefix[0] & 0xFF) + "." + (prefix[1] & 0xFF) + "." + (prefix[2] & 0xFF) + ".0";
            case 6 -> group(prefix, 0) + ":" + group(prefix, 2) + ":" + group(prefix, 4) + "::";
            default -> "";
        };
    }

    private static String group(byte[] prefix, int offset) {
        int value = ((prefix[offset] & 0xFF) << 8) | (prefix[offset + 1] & 0xFF);
        return HexFormat.of().toHexDigits(value, 4).replaceFirst("^0{1,3}", "");
    }
}
