package dev.casebook.urlshortener.api;

import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Request;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Query parameters as values; what cannot be read is a 400 that names the parameter and what it may be. */
final class Parameters {
    /** What the {@code domain} parameter says for the default domain, as in Shlink. */
    static final String DEFAULT_DOMAIN = "DEFAULT";

    private Parameters() {}

    static int integer(Request request, String name, int fallback, int least, int most) {
        String value = request.query(name).orElse(null);
        if (value == null || value.isEmpty()) {
            return fallback;
        }
        String allowed = "a whole number from " + least + " to " + most;
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw invalid(name, value, allowed);
        }
        throw invalid(name, value, allowed);
    }

    static boolean flag(Request request, String name) {
        return request.query(name)
                .filter(value -> value.equals("true") || value.equals("1"))
                .isPresent();
    }

    static @Nullable Instant instant(Request request, String name) {
        String value = request.query(name).filter(text -> !text.isEmpty()).orElse(null);
        if (value == null) {
            return null;
        }
        try {
            // A '+' that a client did not percent-encode has become a space.
            return JsonBody.parseInstant(
                    value.length() > 10
                            ? value.replace(' ', '+').replaceFirst("^(\\d{4}-\\d\\d-\\d\\d)\\+", "$1T")
                            : value);
        } catch (DateTimeParseException e) {
            throw invalid(name, value, "an ISO 8601 instant such as 2026-11-21T10:00:00Z, or a date");
        }
    }

    /** The {@code domain} parameter; null, as for {@code DEFAULT}, means the default domain. */
    static @Nullable String domain(Request request) {
        return request.query("domain")
                .filter(domain -> !domain.equals(DEFAULT_DOMAIN))
                .orElse(null);
    }

    static ProblemException invalid(String name, String value, String allowed) {
        return new ProblemException(ShlinkProblems.invalid(List.of(name), name + " must be " + allowed + ": " + value));
    }
}
