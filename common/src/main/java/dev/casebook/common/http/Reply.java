package dev.casebook.common.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A whole answer: status, header fields, body. Immutable and thread-safe; {@code Date}, {@code Content-Length}, {@code Connection} and the security fields are added
 * when it is written.
 *
 * <p>Field values are checked here, so that no value taken from a request can split a response (CWE-113).
 */
public final class Reply {
    private static final byte[] NOTHING = {};

    private final int status;
    private final List<Field> fields;
    private final Body body;

    /** A header field as it will be sent. */
    public record Field(String name, String value) {
        public Field {
            if (name.isEmpty() || !name.chars().allMatch(Reply::isTokenCharacter)) {
                throw new IllegalArgumentException("header name must be a token: '" + name + "'");
            }
            if (!value.chars().allMatch(c -> (c >= ' ' && c < 0x7f) || c == '\t')) {
                throw new IllegalArgumentException("value of header " + name + " must be printable ASCII");
            }
        }
    }

    /** What follows the header: bytes that are there, or something that takes over the connection. */
    sealed interface Body {
        final class Bytes implements Body {
            private final byte[] bytes;

            Bytes(byte[] bytes) {
                this.bytes = bytes;
            }

            byte[] bytes() {
                return bytes;
            }
        }

        record Events(SseStream stream) implements Body {}

        /** Not begun yet; {@link RouteDispatcher} makes a {@link Stream} of it. */
        record Writing(BodyWriter writer) implements Body {}

        record Stream(StreamedBody chunks) implements Body {}

        record Upgrade(Request request, WebSocketHandler handler) implements Body {}
    }

    private Reply(int status, List<Field> fields, Body body) {
        if ((status < 200 && status != 101) || status > 599) {
            throw new IllegalArgumentException("status must be in 200..599: " + status);
        }
        this.status = status;
        this.fields = fields;
        this.body = body;
    }

    /** {@code value} as JSON, by {@link Json#MAPPER}. */
    public static Reply json(int status, Object value) {
        return new Reply(status, contentType("application/json"), new Body.Bytes(Json.write(value)));
    }

    public static Reply text(int status, String text) {
        return new Reply(status, contentType("text/plain; charset=utf-8"), utf8(text));
    }

    /** A page; it gets a strict Content-Security-Policy unless {@code Content-Security-Policy} is set. */
    public static Reply html(int status, String html) {
        return new Reply(status, contentType("text/html; charset=utf-8"), utf8(html));
    }

    /** Status 200. {@code bytes} is not copied: do not change it afterwards. */
    public static Reply bytes(String contentType, byte[] bytes) {
        return new Reply(200, contentType(contentType), new Body.Bytes(bytes));
    }

    /**
     * Status 200 with a body that is written while it is sent, in bounded memory, as fast as the client reads. Only from a
     * {@link BlockingHandler}. A compressible type goes compressed to those who like it.
     */
    public static Reply stream(String contentType, BodyWriter writer) {
        return new Reply(200, contentType(contentType), new Body.Writing(writer));
    }

    /**
     * Sends the client elsewhere.
     *
     * @param status 301, 302, 303, 307 or 308
     * @param location ASCII without control characters; percent-encode the rest
     */
    public static Reply redirect(int status, String location) {
        if (status < 301 || status > 308 || status == 304) {
            throw new IllegalArgumentException("no redirect status: " + status);
        }
        return new Reply(status, List.of(new Field("location", location)), new Body.Bytes(NOTHING));
    }

    public static Reply empty(int status) {
        return new Reply(status, List.of(), new Body.Bytes(NOTHING));
    }

    public static Reply problem(Problem problem) {
        return new Reply(
                problem.status(), contentType("application/problem+json"), new Body.Bytes(Json.write(problem)));
    }

    static Reply events(SseStream stream) {
        return new Reply(
                200,
                List.of(new Field("content-type", "text/event-stream"), new Field("cache-control", "no-store")),
                new Body.Events(stream));
    }

    static Reply upgrade(Request request, WebSocketHandler handler) {
        return new Reply(101, List.of(), new Body.Upgrade(request, handler));
    }

    /** A copy with one more field; a field of the same name stays. */
    public Reply withHeader(String name, String value) {
        List<Field> more = new ArrayList<>(fields);
        more.add(new Field(name, value));
        return new Reply(status, List.copyOf(more), body);
    }

    /** A copy with another status. */
    public Reply withStatus(int other) {
        return new Reply(other, fields, body);
    }

    Reply streamed(StreamedBody chunks) {
        return new Reply(status, fields, new Body.Stream(chunks));
    }

    Reply withBytes(byte[] bytes) {
        return new Reply(status, fields, new Body.Bytes(bytes));
    }

    public int status() {
        return status;
    }

    public List<Field> fields() {
        return fields;
    }

    /** The first field of the name, in any case. */
    public Optional<String> header(String name) {
        return fields.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .findFirst();
    }

    /** The body's bytes, not a copy; empty for streams and upgrades. */
    public byte[] body() {
        return body instanceof Body.Bytes whole ? whole.bytes() : NOTHING;
    }

    Body content() {
        return body;
    }

    private static List<Field> contentType(String contentType) {
        return List.of(new Field("content-type", contentType));
    }

    private static Body utf8(String text) {
        return new Body.Bytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
