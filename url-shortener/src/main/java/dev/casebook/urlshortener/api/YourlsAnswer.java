package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Json;
import dev.casebook.common.http.Reply;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
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
    private static final String CALLBACK_MEMBER = "callback";

    /** What YOURLS accepts; anything else could turn the answer into a script of the caller's choosing. */
    private static final Pattern CALLBACK = Pattern.compile("[A-Za-z0-9_$.]+");
    /** A character's escape in a script, with or without its backslash, which YOURLS refuses as well. */
    private static final Pattern ESCAPE = Pattern.compile("u[0-9a-fA-F]{4}");

    /** The same answer with one member more, at the end. */
    YourlsAnswer with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new YourlsAnswer(status, more, simple);
    }

    /** @param format json, jsonp or xml; anything else is simple, as in YOURLS */
    Reply write(String format) {
        return switch (format) {
            case "json" -> Reply.json(status, members);
            case "jsonp" -> jsonp();
            case "xml" ->
                Reply.bytes("application/xml; charset=utf-8", xml().getBytes(StandardCharsets.UTF_8))
                        .withStatus(status);
            default -> Reply.text(status, simple);
        };
    }

    /** Named by the member {@code callback}, which stays in the answer; without one nothing is called. */
    private Reply jsonp() {
        Object callback = members.get(CALLBACK_MEMBER);
        String name = callback == null ? "" : callback.toString();
        if (callback != null
                && (!CALLBACK.matcher(name).matches() || ESCAPE.matcher(name).find())) {
            String refusal = "{\"errorCode\":\"400\",\"error\":\"Invalid callback parameter\"}";
            return script(400, refusal);
        }
        return script(status, name + "(" + json() + ")");
    }

    private static Reply script(int status, String text) {
        return Reply.bytes("application/javascript; charset=utf-8", text.getBytes(StandardCharsets.UTF_8))
                .withStatus(status);
    }

    private String json() {
        return new String(Json.write(members), StandardCharsets.UTF_8);
    }

    private String xml() {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root>");
        append(xml, members);
        return xml.append("</root>\n").toString();
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
