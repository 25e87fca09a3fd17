package dev.casebook.common.http;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;

/** JSON as every service reads and writes it. */
public final class Json {
    /** Records and {@code java.time} as ISO 8601; members nobody knows are passed over. Thread-safe, immutable. */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .disable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .build();

    private Json() {}

    /**
     * Reads a value.
     *
     * @param bytes UTF-8
     * @throws ProblemException 400 {@code malformed-json} if it is no JSON, 422 {@code invalid-json} if it is JSON of another shape
     */
    public static <T> T read(byte[] bytes, Class<T> type) {
        try {
            T value = MAPPER.readValue(bytes, type);
            if (value == null) {
                throw ProblemException.of(422, "invalid-json", "Invalid JSON", "The body is null.");
            }
            return value;
        } catch (tools.jackson.core.exc.StreamReadException e) {
            throw ProblemException.of(400, "malformed-json", "Malformed JSON", explain(e));
        } catch (JacksonException e) {
            throw ProblemException.of(422, "invalid-json", "Invalid JSON", explain(e));
        }
    }

    public static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** What is wrong and where, without the names of our classes, which Jackson appends on further lines or in parentheses. */
    private static String explain(JacksonException e) {
        String message = e.getOriginalMessage();
        String first = message.lines().findFirst().orElse("unreadable");
        String where = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return first.replaceAll("`[\\w.$<>\\[\\]]+`", "the expected type") + where;
    }
}
