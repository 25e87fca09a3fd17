package dev.casebook.urlshortener.api;

import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Request;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The members of a JSON object read one by one, so that an absent member differs from a null one and every member of the
 * wrong type is reported at once instead of the first. Not thread-safe; one per request.
 */
final class JsonBody {
    private final JsonNode object;
    private final Set<String> invalid = new LinkedHashSet<>();

    private JsonBody(JsonNode object) {
        this.object = object;
    }

    /**
     * Reads a request's body.
     *
     * @throws ProblemException 415 when it says to be something else than JSON, 400 when it is no JSON object
     */
    static JsonBody of(Request request) {
        return of(request.json());
    }

    static JsonBody of(JsonNode node) {
        if (!node.isObject()) {
            throw new ProblemException(ShlinkProblems.invalid(List.of(), "The body must be a JSON object"));
        }
        return new JsonBody(node);
    }

    boolean has(String name) {
        return object.has(name);
    }

    /** The member's text; null when it is absent, null or not text. Text with a NUL is none: no store takes it. */
    @Nullable
    String text(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!isText(value)) {
            invalid.add(name);
            return null;
        }
        return value.stringValue();
    }

    /** The member's truth value, or the fallback when it is absent or null. */
    boolean flag(String name, boolean fallback) {
        Boolean value = flagOrNull(name);
        return value == null ? fallback : value;
    }

    @Nullable
    Boolean flagOrNull(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!value.isBoolean()) {
            invalid.add(name);
            return null;
        }
        return value.booleanValue();
    }

    @Nullable
    Integer integer(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt()) {
            invalid.add(name);
            return null;
        }
        return value.intValue();
    }

    /** An ISO 8601 instant with an offset, or a date, which means its first moment in UTC. */
    @Nullable
    Instant instant(String name) {
        String value = text(name);
        if (value == null) {
            return null;
        }
        try {
            return parseInstant(value);
        } catch (DateTimeParseException e) {
            invalid.add(name);
            return null;
        }
    }

    /** The member's distinct texts; null when it is absent or null. */
    @Nullable
    Set<String> texts(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        Set<String> texts = new LinkedHashSet<>();
        for (JsonNode element : value) {
            if (!isText(element)) {
                invalid.add(name);
                return null;
            }
            texts.add(element.stringValue());
        }
        if (!value.isArray()) {
            invalid.add(name);
        }
        return texts;
    }

    /** The member's objects; null when it is absent or null. */
    @Nullable
    List<JsonBody> objects(String name) {
        JsonNode value = present(name);
        if (value == null) {
            return null;
        }
        List<JsonBody> objects = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isObject()) {
                invalid.add(name);
                return null;
            }
            objects.add(new JsonBody(element));
        }
        if (!value.isArray()) {
            invalid.add(name);
        }
        return objects;
    }

    /** Notes that a member has the right type but not a value we can take. */
    void reject(String name) {
        invalid.add(name);
    }

    /**
     * Ends the reading.
     *
     * @throws ProblemException 400 naming every member that could not be read
     */
    void check() {
        if (!invalid.isEmpty()) {
            throw new ProblemException(ShlinkProblems.invalid(
                    List.copyOf(invalid), "Provided data is not valid: " + String.join(", ", invalid)));
        }
    }

    /** @throws DateTimeParseException when it is neither an ISO 8601 instant with an offset nor an ISO date */
    static Instant parseInstant(String value) {
        if (value.length() == "2026-01-01".length()) {
            return LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
        return OffsetDateTime.parse(value.replace(' ', 'T')).toInstant();
    }

    private @Nullable JsonNode present(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    private static boolean isText(JsonNode value) {
        return value.isString() && value.stringValue().indexOf('\0') < 0;
    }
}
