package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.RedirectRule;
import dev.casebook.urlshortener.link.RedirectRule.Condition;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Decides where a link leads a visitor: the first rule, by priority, all of whose conditions hold, else the link's own
 * destination. The conditions mean what they mean in Shlink. A condition that cannot be read does not hold. Pure function
 * of its arguments and the locator; thread-safe.
 */
final class RuleEvaluator {
    /** Languages that a visitor would rather not read do not count (as in Shlink). */
    private static final double LANGUAGE_QUALITY_MIN = 0.9;

    private static final int LANGUAGES_MAX = 32;

    private final GeoLocator locator;

    RuleEvaluator(GeoLocator locator) {
        this.locator = locator;
    }

    String destination(Link link, Visitor visitor, Instant now) {
        for (RedirectRule rule : link.rules()) {
            if (rule.conditions().stream().allMatch(condition -> holds(condition, visitor, now))) {
                return rule.longUrl();
            }
        }
        return link.longUrl();
    }

    private boolean holds(Condition condition, Visitor visitor, Instant now) {
        String value = condition.matchValue() == null ? "" : condition.matchValue();
        return switch (condition.type()) {
            case DEVICE -> UserAgentTraits.of(visitor.userAgent()).isDevice(value);
            case BROWSER ->
                !value.isEmpty()
                        && UserAgentTraits.of(visitor.userAgent()).browser().equals(value.toLowerCase(Locale.ROOT));
            case LANGUAGE -> acceptsLanguage(visitor.acceptLanguage(), value);
            case QUERY_PARAM ->
                parameter(condition, visitor).filter(value::equals).isPresent();
            case ANY_VALUE_QUERY_PARAM -> parameter(condition, visitor).isPresent();
            case VALUELESS_QUERY_PARAM ->
                parameter(condition, visitor).filter(String::isEmpty).isPresent();
            case IP_ADDRESS -> AddressPattern.matches(value, visitor.address());
            case GEOLOCATION_COUNTRY_CODE ->
                locator.locate(visitor.address())
                        .filter(place -> place.countryCode().equalsIgnoreCase(value))
                        .isPresent();
            case GEOLOCATION_CITY_NAME ->
                locator.locate(visitor.address())
                        .filter(place -> place.cityName().equalsIgnoreCase(value))
                        .isPresent();
            case BEFORE_DATE -> instant(value).filter(now::isBefore).isPresent();
            case AFTER_DATE -> instant(value).filter(now::isAfter).isPresent();
        };
    }

    /** The last value wins, as in PHP. */
    private static Optional<String> parameter(Condition condition, Visitor visitor) {
        List<String> values = condition.matchKey() == null
                ? List.of()
                : visitor.query().getOrDefault(condition.matchKey(), List.of());
        return values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
    }

    /** RFC 9110 section 12.5.4; a wanted language without a region takes all regions. */
    private static boolean acceptsLanguage(String header, String wanted) {
        String want = wanted.replace('_', '-').toLowerCase(Locale.ROOT);
        if (want.isEmpty()) {
            return false;
        }
        String[] ranges = header.split(",", LANGUAGES_MAX + 1);
        for (int i = 0; i < Math.min(ranges.length, LANGUAGES_MAX); i++) {
            String[] parts = ranges[i].split(";", 2);
            String language = parts[0].strip().replace('_', '-').toLowerCase(Locale.ROOT);
            boolean fits = language.equals(want) || (want.indexOf('-') < 0 && language.startsWith(want + "-"));
            if (fits && quality(parts) >= LANGUAGE_QUALITY_MIN) {
                return true;
            }
        }
        return false;
    }

    private static double quality(String[] parts) {
        String parameter = parts.length < 2 ? "" : parts[1].strip();
        if (parameter.isEmpty()) {
            return 1;
        }
        try {
            return parameter.startsWith("q=") ? Double.parseDouble(parameter.substring(2)) : 0;
        } catch (NumberFormatException malformed) {
            return 0;
        }
    }

    private static Optional<Instant> instant(String iso) {
        try {
            return Optional.of(OffsetDateTime.parse(iso).toInstant());
        } catch (DateTimeParseException malformed) {
            return Optional.empty();
        }
    }
}
