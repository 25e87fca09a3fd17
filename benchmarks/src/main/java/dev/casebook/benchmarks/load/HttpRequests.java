package dev.casebook.benchmarks.load;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Encodes HTTP/1.1 requests once, so that sending one is a copy. */
public final class HttpRequests {
    private HttpRequests() {}

    /**
     * A GET of a path on the service, with what browsers send.
     *
     * @param target path and query, beginning with a slash
     */
    public static byte[] get(URI service, String target, Map<String, String> headers) {
        return encoded("GET", service, target, headers, new byte[0]);
    }

    /** A POST of JSON to a path on the service. */
    public static byte[] postJson(URI service, String target, Map<String, String> headers, String json) {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        StringBuilder head = head("POST", service, target, headers);
        head.append("Content-Type: application/json\r\nContent-Length: ")
                .append(body.length)
                .append("\r\n\r\n");
        return joined(head, body);
    }

    private static byte[] encoded(String method, URI service, String target, Map<String, String> headers, byte[] body) {
        return joined(head(method, service, target, headers).append("\r\n"), body);
    }

    private static StringBuilder head(String method, URI service, String target, Map<String, String> headers) {
        if (!target.startsWith("/") || target.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw new IllegalArgumentException("target must be an encoded path beginning with a slash: " + target);
        }
        StringBuilder head = new StringBuilder(256);
        head.append(method).append(' ').append(target).append(" HTTP/1.1\r\nHost: ");
        head.append(service.getRawAuthority()).append("\r\nUser-Agent: casebook-load\r\nAccept: */*\r\n");
        headers.forEach((name, value) -> {
            if ((name + value).chars().anyMatch(c -> c < ' ')) {
                throw new IllegalArgumentException("a header must not contain control characters: " + name);
            }
            head.append(name).append(": ").append(value).append("\r\n");
        });
        return head;
    }

    private static byte[] joined(StringBuilder head, byte[] body) {
        byte[] encodedHead = head.toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] whole = new byte[encodedHead.length + body.length];
        System.arraycopy(encodedHead, 0, whole, 0, encodedHead.length);
        System.arraycopy(body, 0, whole, encodedHead.length, body.length);
        return whole;
    }
}
