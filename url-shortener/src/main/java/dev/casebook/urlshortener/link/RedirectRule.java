package dev.casebook.urlshortener.link;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends a visitor elsewhere when all its conditions hold. Rules are tried in ascending priority and the first that
 * matches wins (Shlink's semantics).
 *
 * @param priority 1 is tried first
 * @param conditions never empty; all must hold
 */
public record RedirectRule(int priority, String longUrl, List<Condition> conditions) {
    public RedirectRule {
        conditions = List.copyOf(conditions);
        if (priority < 1) {
            throw new IllegalArgumentException("priority must be >= 1: " + priority);
        }
        if (conditions.isEmpty()) {
            throw new IllegalArgumentException("a redirect rule needs at least one condition");
        }
    }

    /**
     * One test on the visitor's request.
     *
     * @param matchKey the query parameter's name for the three query types, else null
     * @param matchValue what to compare with; null only for {@link Type#VALUELESS_QUERY_PARAM} and
     *     {@link Type#ANY_VALUE_QUERY_PARAM}
     */
    public record Condition(
            Type type, @Nullable String matchKey, @Nullable String matchValue) {}

    /** Shlink's eleven condition types, with their names on the wire. */
    public enum Type {
        DEVICE("device"),
        LANGUAGE("language"),
        QUERY_PARAM("query-param"),
        ANY_VALUE_QUERY_PARAM("any-value-query-param"),
        VALUELESS_QUERY_PARAM("valueless-query-param"),
        IP_ADDRESS("ip-address"),
        GEOLOCATION_COUNTRY_CODE("geolocation-country-code"),
        GEOLOCATION_CITY_NAME("geolocation-city-name"),
        BEFORE_DATE("before-date"),
        AFTER_DATE("after-date"),
        BROWSER("browser");

        private final String wireName;

        Type(String wireName) {
            this.wireName = wireName;
        }

        /** The name in Shlink's REST API. */
        public String wireName() {
            return wireName;
        }

        /**
         * The constant of a name on the wire.
         *
         * @throws IllegalArgumentException when there is no such type
         */
        public static Type ofWireName(String name) {
            for (Type type : values()) {
                if (type.wireName.equals(name)) {
                    return type;
                }
            }
            throw new IllegalArgumentException("unknown condition type: " + name);
        }
    }
}
