package dev.casebook.urlshortener.link;

import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.text.SpoofChecker;
import dev.casebook.urlshortener.link.Rejection.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which slugs a person may choose. Letters, digits and {@code - . _ ~}; case is significant. Letters of other scripts are
 * welcome in composed form (NFC), one script at a time (UTS #39 "highly restrictive"), so that two slugs that look the
 * same are the same or refused. The service's own paths are reserved in every case and compatibility spelling.
 * Thread-safe.
 */
public final class SlugPolicy {
    /** Limit of a slug in bytes of UTF-8. */
    public static final int SLUG_BYTES_MAX = 256;

    /** First path segments that the service itself answers. */
    public static final Set<String> OWN_PATHS = Set.of(
            "rest",
            "api",
            "yourls-api.php",
            "health",
            "metrics",
            "openapi.json",
            "assets",
            "static",
            "ui",
            "admin",
            "live",
            "ws",
            "debug",
            "links",
            "tags",
            "import",
            "export",
            "robots.txt",
            "sitemap.xml",
            "favicon.ico",
            "index.html",
            "qr-code",
            "track",
            "login",
            "logout");

    private static final String FIELD = "customSlug";
    private static final String MARKS = "-._~";

    private final Normalizer2 nfc = Normalizer2.getNFCInstance();
    private final Normalizer2 caseFold = Normalizer2.getNFKCCasefoldInstance();
    private final SpoofChecker spoofChecker = new SpoofChecker.Builder()
            .setChecks(SpoofChecker.RESTRICTION_LEVEL | SpoofChecker.INVISIBLE)
            .setRestrictionLevel(SpoofChecker.RestrictionLevel.HIGHLY_RESTRICTIVE)
            .build();
    private final Set<String> reserved;

    /**
     * Makes a policy.
     *
     * @param furtherReserved slugs to reserve besides {@link #OWN_PATHS}
     */
    public SlugPolicy(Set<String> furtherReserved) {
        reserved = Stream.concat(OWN_PATHS.stream(), furtherReserved.stream())
                .map(caseFold::normalize)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Checks a slug that a person chose and gives it the form it is stored in. */
    public Checked<String> check(String chosen) {
        String slug = canonical(chosen);
        if (slug.isEmpty()) {
            return refuse(Reason.SLUG_MALFORMED, "a slug must not be empty");
        }
        if (isTooLong(slug)) {
            return refuse(Reason.SLUG_TOO_LONG, "a slug may have at most " + SLUG_BYTES_MAX + " bytes");
        }
        if (!isWellFormed(slug)) {
            return refuse(
                    Reason.SLUG_MALFORMED,
                    "a slug consists of letters, digits and - . _ ~ and does not start with a dot: " + slug);
        }
        if (spoofChecker.failsChecks(slug)) {
            return refuse(Reason.SLUG_MALFORMED, "a slug must not mix scripts that look alike: " + slug);
        }
        if (isReserved(slug)) {
            return refuse(Reason.SLUG_RESERVED, "the service itself answers /" + slug);
        }
        return new Checked.Accepted<>(slug);
    }

    /**
     * The form in which the slug that someone typed would be stored; empty if no link can have it, whatever the store
     * holds. Visitors ask for anything: what is no slug need not reach a store, and a store need not bear it (PostgreSQL
     * takes no NUL in a text). Looks at characters and length only, so that a slug reserved later is still found.
     */
    public Optional<String> lookupForm(String typed) {
        String slug = canonical(typed);
        return slug.isEmpty() || isTooLong(slug) || !isWellFormed(slug) ? Optional.empty() : Optional.of(slug);
    }

    private String canonical(String slug) {
        return nfc.normalize(slug);
    }

    private static boolean isTooLong(String slug) {
        return slug.getBytes(StandardCharsets.UTF_8).length > SLUG_BYTES_MAX;
    }

    private static boolean isWellFormed(String slug) {
        return slug.charAt(0) != '.' && slug.codePoints().allMatch(SlugPolicy::isAllowed);
    }

    /** Whether the slug is one of the service's own paths, in any case or compatibility spelling. */
    public boolean isReserved(String slug) {
        return reserved.contains(caseFold.normalize(slug));
    }

    private static boolean isAllowed(int c) {
        return c < 128 ? Character.isLetterOrDigit(c) || MARKS.indexOf(c) >= 0 : isLetterMarkOrDigit(c);
    }

    private static boolean isLetterMarkOrDigit(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.DECIMAL_DIGIT_NUMBER -> true;
            default -> false;
        };
    }

    private static Checked<String> refuse(Reason reason, String detail) {
        return new Checked.Refused<>(new Rejection(reason, FIELD, detail));
    }
}
