package dev.casebook.common.http;

import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.net.URI;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A problem detail of <a href="https://www.rfc-editor.org/rfc/rfc9457">RFC 9457</a>: what went wrong, in a form that a program can decide on by {@code type} and a
 * person can read. Immutable.
 *
 * @param type a URI that names the kind of problem and never changes
 * @param title the same for every problem of the type
 * @param status 400 to 599
 * @param detail what was wrong this time, with the value, and what to do
 * @param extensions further members of the JSON object, in the order they were added
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record Problem(
        URI type,
        String title,
        int status,
        String detail,
        @JsonAnyGetter Map<String, Object> extensions) {
    /** What a type slug is put behind to make {@link #type} a URI. */
    public static final String TYPE_PREFIX = "urn:casebook:problem:";

    public Problem {
        if (status < 400 || status > 599) {
            throw new IllegalArgumentException("status must be in 400..599: " + status);
        }
        extensions = Collections.unmodifiableMap(new LinkedHashMap<>(extensions));
    }

    /**
     * A problem without further members.
     *
     * @param typeSlug a name such as {@code slug-taken}, which becomes {@code urn:casebook:problem:slug-taken}; or a whole URI, kept as it is
     * @throws IllegalArgumentException if {@code status} is not in 400..599 or {@code typeSlug} is not a URI
     */
    public static Problem of(int status, String typeSlug, String title, String detail) {
        URI type = URI.create(typeSlug.contains(":") ? typeSlug : TYPE_PREFIX + typeSlug);
        return new Problem(type, title, status, detail, Map.of());
    }

    /** A copy with one more member; its value is anything that {@link Json#MAPPER} writes. */
    public Problem with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(extensions);
        more.put(member, value);
        return new Problem(type, title, status, detail, more);
    }
}
