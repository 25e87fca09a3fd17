package dev.casebook.urlshortener.link;

import dev.casebook.urlshortener.link.Rejection.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings a destination into one spelling: RFC 3986 section 6.2.2 and 6.2.3 (case, percent-encoding, dot segments, default
 * port), hosts by UTS #46 as browsers do it ({@link HostNames}), anything outside of a URL's characters
 * percent-encoded as UTF-8. Normalising twice gives what normalising once gave.
 *
 * <p>Stricter than a browser where parsers are known to disagree, because a checker and a browser that read one string
 * as two hosts is how filters are evaded: control characters, backslashes, userinfo and numbers posing as hosts are
 * refused instead of repaired. Thread-safe.
 */
public final class UrlNormalizer {
    /** Limit of a destination before and after normalisation, in bytes of UTF-8. */
    public static final int URL_BYTES_MAX = 8 * 1024;

    private static final String FIELD = "longUrl";
    /** Spaces only: other white space is control characters or deceives. */
    private static final Pattern SURROUNDING_SPACES = Pattern.compile("^ +| +\\z");

    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);
    private static final Pattern AUTHORITY =
            Pattern.compile("//(?<authority>[^/?#]*)(?<path>[^?#]*)(?<query>\\?[^#]*)?(?<fragment>#.*)?");
    private static final Pattern HOST_PORT = Pattern.compile("(?<host>\\[[^]]*]|[^:]*)(?::(?<port>[0-9]{0,5}))?");
    private static final int PORT_MAX = 65_535;

    private static final String UNRESERVED_MARKS = "-._~";
    private static final String PATH_EXTRA = UNRESERVED_MARKS + "!$&'()*+,;=:@/";
    private static final String QUERY_EXTRA = PATH_EXTRA + "?";
    private static final String OPAQUE_EXTRA = QUERY_EXTRA + "#[]";

    private final HostNames hostNames = new HostNames();

    /** Normalises a destination as typed; surrounding spaces are dropped. */
    public Checked<NormalizedUrl> normalize(String typed) {
        String url = SURROUNDING_SPACES.matcher(typed).replaceAll("");
        if (isLongerThanLimit(url)) {
            return refuse(Reason.URL_TOO_LONG, "a destination may have at most " + URL_BYTES_MAX + " bytes");
        }
        if (!hasOnlyPrintableCharacters(url)) {
            return refuse(Reason.URL_MALFORMED, "a destination must not contain control characters");
        }
        if (url.indexOf('\\') >= 0) {
            return refuse(
                    Reason.URL_MALFORMED, "a destination must not contain a backslash: browsers read it as a slash");
        }
        Matcher scheme = SCHEME.matcher(url);
        if (!scheme.matches()) {
            return refuse(Reason.URL_MALFORMED, "a destination needs a scheme, as in https://example.com");
        }
        String name = scheme.group(1).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "http" -> hierarchical(name, 80, scheme.group(2));
            case "https" -> hierarchical(name, 443, scheme.group(2));
            default -> opaque(name, scheme.group(2));
        };
    }

    private Checked<NormalizedUrl> hierarchical(String scheme, int defaultPort, String rest) {
        Matcher parts = AUTHORITY.matcher(rest);
        if (!parts.matches()) {
            return refuse(Reason.URL_MALFORMED, "two slashes must follow " + scheme + ":");
        }
        String authority = parts.group("authority");
        if (authority.indexOf('@') >= 0) {
            return refuse(Reason.URL_MALFORMED, "a destination must not carry a user name or password before its host");
        }
        Matcher hostPort = HOST_PORT.matcher(authority);
        if (!hostPort.matches()) {
            return refuse(Reason.URL_MALFORMED, "not a host and port: " + authority);
        }
        int port = portOf(hostPort.group("port"), defaultPort);
        if (port < 1 || port > PORT_MAX) {
            return refuse(Reason.URL_MALFORMED, "a port must be 1.." + PORT_MAX + ": " + hostPort.group("port"));
        }
        return switch (hostNames.parse(hostPort.group("host"))) {
            case HostNames.Invalid invalid -> refuse(Reason.URL_MALFORMED, invalid.why());
            case HostNames.Host host -> {
                String query = parts.group("query");
                String fragment = parts.group("fragment");
                String url = scheme + "://" + host.ascii() + (port == defaultPort ? "" : ":" + port)
                        + removeDotSegments(encode(parts.group("path"), PATH_EXTRA))
                        + (query == null ? "" : "?" + encode(query.substring(1), QUERY_EXTRA))
                        + (fragment == null ? "" : "#" + encode(fragment.substring(1), QUERY_EXTRA));
                yield checkedLength(
                        new NormalizedUrl(url, scheme, host.ascii(), port, host.display(), host.homograph()));
            }
        };
    }

    private static Checked<NormalizedUrl> opaque(String scheme, String rest) {
        String url = scheme + ":" + encode(rest, OPAQUE_EXTRA);
        return checkedLength(new NormalizedUrl(url, scheme, "", -1, "", false));
    }

    private static Checked<NormalizedUrl> checkedLength(NormalizedUrl normalized) {
        return normalized.url().length() > URL_BYTES_MAX
                ? refuse(Reason.URL_TOO_LONG, "a destination may have at most " + URL_BYTES_MAX + " bytes once encoded")
                : new Checked.Accepted<>(normalized);
    }

    private static boolean isLongerThanLimit(String url) {
        return url.length() > URL_BYTES_MAX || url.getBytes(StandardCharsets.UTF_8).length > URL_BYTES_MAX;
    }

    private static boolean hasOnlyPrintableCharacters(String url) {
        return url.codePoints().noneMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
                true;
            default -> false;
        });
    }

    /** An absent or empty port is the default (RFC 3986 section 3.2.3). */
    private static int portOf(@Nullable String digits, int defaultPort) {
        return digits == null || digits.isEmpty() ? defaultPort : Integer.parseInt(digits);
    }

    /**
     * Keeps unreserved characters and those given, decodes escapes of unreserved ones, writes escapes in upper case and
     * everything else, a percent sign without two hex digits included, as escapes of its UTF-8 bytes.
     */
    private static String encode(String part, String extra) {
        byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder(bytes.length + 16);
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xff;
            if (b == '%' && i + 2 < bytes.length && isHex(bytes[i + 1]) && isHex(bytes[i + 2])) {
                int escaped = (Character.digit(bytes[i + 1], 16) << 4) | Character.digit(bytes[i + 2], 16);
                i += 2;
                if (isAlphanumeric(escaped) || UNRESERVED_MARKS.indexOf(escaped) >= 0) {
                    out.append((char) escaped);
                } else {
                    appendEscape(out, escaped);
                }
            } else if (isAlphanumeric(b) || extra.indexOf(b) >= 0) {
                out.append((char) b);
            } else {
                appendEscape(out, b);
            }
        }
        return out.toString();
    }

    private static void appendEscape(StringBuilder out, int b) {
        out.append('%')
                .append(Character.toUpperCase(Character.forDigit(b >> 4, 16)))
                .append(Character.toUpperCase(Character.forDigit(b & 15, 16)));
    }

    private static boolean isHex(byte b) {
        return Character.digit(b, 16) >= 0;
    }

    private static boolean isAlphanumeric(int b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9');
    }

    /** RFC 3986 section 5.2.4 for a path that is empty or starts with a slash. */
    private static String removeDotSegments(String path) {
        if (path.isEmpty()) {
            return "/";
        }
        StringBuilder out = new StringBuilder(path.length());
        int position = 0;
        while (position < path.length()) {
            int end = path.indexOf('/', position + 1);
            boolean last = end < 0;
            String segment = path.substring(position, last ? path.length() : end);
            switch (segment) {
                case "/." -> out.append(last ? "/" : "");
                case "/.." -> {
                    out.setLength(Math.max(0, out.lastIndexOf("/")));
                    out.append(last ? "/" : "");
                }
                default -> out.append(segment);
            }
            position = last ? path.length() : end;
        }
        return out.toString();
    }

    private static Checked<NormalizedUrl> refuse(Reason reason, String detail) {
        return new Checked.Refused<>(new Rejection(reason, FIELD, detail));
    }
}
