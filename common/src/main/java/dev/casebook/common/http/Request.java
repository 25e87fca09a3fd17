package dev.casebook.common.http;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A whole request. Thread-safe; all but the attachments is immutable.
 *
 * <p>{@link #host}, {@link #isTls} and {@link #clientAddress} say what the client did, behind proxies too: {@code X-Forwarded-*} counts when the connection comes from a proxy in
 * {@link TrustedProxies}, and is ignored otherwise.
 */
public final class Request {
    private static final int PARAMETERS_MAX = 1_024;

    private final HttpMethod method;
    private final String target;
    private final String path;
    private final HttpHeaders headers;
    private final byte[] body;
    private final Connection connection;
    private final Map<String, String> pathParameters;
    private final Map<Class<?>, Object> attachments;
    private @Nullable Map<String, List<String>> query;

    /** What a request gets from its connection. */
    record Connection(InetAddress peer, boolean tls, TrustedProxies proxies) {}

    Request(HttpMethod method, String target, HttpHeaders headers, byte[] body, Connection connection) {
        this(method, target, pathOf(target), headers, body, connection, Map.of(), new ConcurrentHashMap<>());
    }

    private Request(
            HttpMethod method,
            String target,
            String path,
            HttpHeaders headers,
            byte[] body,
            Connection connection,
            Map<String, String> pathParameters,
            Map<Class<?>, Object> attachments) {
        this.method = method;
        this.target = target;
        this.path = path;
        this.headers = headers;
        this.body = body;
        this.connection = connection;
        this.pathParameters = pathParameters;
        this.attachments = attachments;
    }

    /** From {@code /a?b}, or the absolute form {@code http://host/a?b}, the {@code /a}; only the latter may leave out its slash. */
    private static String pathOf(String target) {
        int authority = AbsoluteForm.endOfAuthority(target);
        int start = Math.max(0, authority);
        int end = target.indexOf('?', start);
        String path = target.substring(start, end < 0 ? target.length() : end);
        return path.isEmpty() && authority >= 0 ? "/" : path;
    }

    Request withPathParameters(Map<String, String> parameters) {
        return new Request(method, target, path, headers, body, connection, parameters, attachments);
    }

    public HttpMethod method() {
        return method;
    }

    /** The path as sent, not decoded, without the query; begins with a slash wherever a route or a filter sees it (but for {@code OPTIONS *}). */
    public String path() {
        return path;
    }

    /** The query as sent, without the question mark; empty if there is none. */
    public String rawQuery() {
        int mark = target.indexOf('?');
        return mark < 0 ? "" : target.substring(mark + 1);
    }

    /**
     * The decoded value of a template's parameter.
     *
     * @throws IllegalArgumentException if the route's template has none of the name
     */
    public String pathParameter(String name) {
        String value = pathParameters.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no parameter {" + name + "}");
        }
        return value;
    }

    /** The first value of a query parameter. */
    public Optional<String> query(String name) {
        List<String> values = queryAll().get(name);
        return values == null ? Optional.empty() : Optional.of(values.getFirst());
    }

    /**
     * All query parameters, decoded, in the order they were sent; at most 1,024.
     *
     * @throws ProblemException 400 if the query is not percent-encoded UTF-8
     */
    public Map<String, List<String>> queryAll() {
        Map<String, List<String>> known = query;
        if (known == null) {
            known = parameters(rawQuery());
            query = known;
        }
        return known;
    }

    /**
     * The fields of an {@code application/x-www-form-urlencoded} body; empty for any other.
     *
     * @throws ProblemException 400 if the body is not percent-encoded UTF-8
     */
    public Map<String, List<String>> form() {
        boolean isForm = contentType().equals("application/x-www-form-urlencoded");
        return isForm ? parameters(new String(body, StandardCharsets.UTF_8)) : Map.of();
    }

    private static Map<String, List<String>> parameters(String encoded) {
        try {
            return new QueryStringDecoder(encoded, StandardCharsets.UTF_8, false, PARAMETERS_MAX).parameters();
        } catch (IllegalArgumentException e) {
            throw ProblemException.of(
                    400,
                    "malformed-parameters",
                    "Malformed parameters",
                    "The parameters are not percent-encoded UTF-8.");
        }
    }

    /** The first value of a header field, in any case. */
    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    HttpHeaders headers() {
        return headers;
    }

    /** All values of a header field. */
    public List<String> headers(String name) {
        return headers.getAll(name);
    }

    /** The media type of the body in lower case without parameters; empty if none was sent. */
    public String contentType() {
        String value = headers.get("content-type", "");
        int parameters = value.indexOf(';');
        return (parameters < 0 ? value : value.substring(0, parameters)).strip().toLowerCase(Locale.ROOT);
    }

    /** The body's bytes, not a copy; empty if there is none. */
    public byte[] body() {
        return body;
    }

    /** The body as UTF-8 text. */
    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /**
     * The body as a value read from JSON.
     *
     * @throws ProblemException 415 if the body says it is something else, 400 if it is no JSON, 422 if it does not fit {@code type}
     */
    public <T> T bodyAs(Class<T> type) {
        String contentType = contentType();
        if (!contentType.isEmpty() && !contentType.equals("application/json") && !contentType.endsWith("+json")) {
            throw ProblemException.of(
                    415,
                    "unsupported-media-type",
                    "Unsupported media type",
                    "The body must be application/json, not " + contentType + ".");
        }
        return Json.read(body, type);
    }

    /** The body as a tree, like {@link #bodyAs}. */
    public JsonNode json() {
        return bodyAs(JsonNode.class);
    }

    /** The client's address, which is not the connection's behind trusted proxies. */
    public InetAddress clientAddress() {
        return connection.proxies().client(connection.peer(), headers.getAll("x-forwarded-for"));
    }

    /** Whether the client used TLS. */
    public boolean isTls() {
        return forwarded("x-forwarded-proto").map("https"::equalsIgnoreCase).orElse(connection.tls());
    }

    /**
     * The host the client asked for, with its port if it named one; empty if it named none (HTTP/1.0). A target in absolute
     * form names it whatever the Host field says (RFC 9112 section 3.2.2).
     */
    public String host() {
        return forwarded("x-forwarded-host").orElseGet(() -> {
            String authority = AbsoluteForm.authority(target);
            return authority.isEmpty() ? headers.get("host", "") : authority;
        });
    }

    /** What the nearest proxy says; it appends its value, so that is the last one. */
    private Optional<String> forwarded(String name) {
        List<String> values = headers.getAll(name);
        if (values.isEmpty() || !connection.proxies().trusts(connection.peer())) {
            return Optional.empty();
        }
        String last = values.getLast();
        return Optional.of(last.substring(last.lastIndexOf(',') + 1).strip());
    }

    /** Leaves something for the handlers behind a filter, such as who is asking. */
    public <T> void attach(Class<T> type, T value) {
        attachments.put(type, value);
    }

    /** What a filter has left under {@code type}. */
    public <T> Optional<T> attached(Class<T> type) {
        return Optional.ofNullable(type.cast(attachments.get(type)));
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
