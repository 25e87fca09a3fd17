package dev.casebook.urlshortener.link;

/**
 * Why a request to make or change a link was refused: nothing was written, and repeating it unchanged cannot succeed.
 *
 * @param field the name of the request's part at fault: {@code longUrl}, {@code customSlug}, {@code domain} ...
 * @param detail one sentence for the person who asked, naming the value and the bound
 */
public record Rejection(Reason reason, String field, String detail) {
    /** The closed list of reasons, with the slug each has in a problem's {@code type}. */
    public enum Reason {
        URL_MALFORMED("url-malformed"),
        URL_TOO_LONG("url-too-long"),
        SCHEME_NOT_ALLOWED("scheme-not-allowed"),
        DESTINATION_LOOPS("destination-loops"),
        DESTINATION_BLOCKED("destination-blocked"),
        SLUG_MALFORMED("slug-malformed"),
        SLUG_TOO_LONG("slug-too-long"),
        SLUG_RESERVED("slug-reserved"),
        CODE_LENGTH_OUT_OF_RANGE("code-length-out-of-range"),
        DOMAIN_MALFORMED("domain-malformed"),
        DOMAIN_NOT_ALLOWED("domain-not-allowed"),
        VALIDITY_EMPTY("validity-empty"),
        MAX_VISITS_OUT_OF_RANGE("max-visits-out-of-range"),
        PASSWORD_MALFORMED("password-malformed"),
        TITLE_TOO_LONG("title-too-long"),
        TAG_MALFORMED("tag-malformed"),
        TOO_MANY_TAGS("too-many-tags"),
        RULE_MALFORMED("rule-malformed"),
        TOO_MANY_RULES("too-many-rules"),
        IDEMPOTENCY_KEY_MALFORMED("idempotency-key-malformed");

        private final String slug;

        Reason(String slug) {
            this.slug = slug;
        }

        /** Stable name for machines, lower case with hyphens. */
        public String slug() {
            return slug;
        }
    }
}
