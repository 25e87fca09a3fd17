package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Json;
import dev.casebook.common.http.Reply;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An answer of the YOURLS API, before it is written in the format that the client asked for.
 *
 * @param status HTTP status
 * @param members what JSON and XML show, in order
 * @param simple what the format {@code simple} shows
 */
record YourlsAnswer(int status, Map<String, Object> members, String simple) {
    private static final Pattern CALLBACK = Pattern.compile("[A-Za-z_$][\\w$.]{0,63}");

    /**
     * @param format json, jsonp, xml or simple; anything else is json, as in YOURLS
     * @param callback function name for jsonp
     */
    Reply write(String format, String callback) {
        // A callback that is no plain name could turn the answer into a script of the caller's choosing.
        boolean named = CALLBACK.matcher(callback).matches();
        return switch (format.equals("jsonp") && !named ? "json" : format) {
            case "simple" -> Reply.text(status, simple);
            case "xml" ->
                Reply.bytes("application/xml; charset=utf-8", xml().getBytes(StandardCharsets.UTF_8))
                        .withStatus(status);
            case "jsonp" ->
                Reply.bytes(
                                "application/javascript; charset=utf-8",
                                (callback + "(" + json() + ")").getBytes(StandardCharsets.UTF_8))
                        .withStatus(status);
            default -> Reply.json(status, members);
        };
    }

    private String json() {
        return new String(Json.write(members), StandardCharsets.UTF_8);
    }

    private String xml() {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<result>");
        append(xml, members);
        return xml.append("</result>\n").toString();
    }

    private static void append(StringBuilder xml, Map<?, ?> members) {
        members.forEach((name, value) -> {
            xml.append('<').append(name).append('>');
            if (value instanceof Map<?, ?> nested) {
                append(xml, nested);
            } else {
                xml.append(escape(String.valueOf(value)));
            }
            xml.append("</").append(name).append('>');
        });
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            switch (point) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                default -> {
                    // XML 1.0 has no way to write most control characters.
                    if (point >= ' ' || point == '\t' || point == '\n' || point == '\r') {
                        escaped.appendCodePoint(point);
                    }
                }
            }
        });
        return escaped.toString();
    }
}
