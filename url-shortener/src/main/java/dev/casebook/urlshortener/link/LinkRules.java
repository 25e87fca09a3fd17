package dev.casebook.urlshortener.link;

import dev.casebook.urlshortener.id.RandomGenerator;
import dev.casebook.urlshortener.link.DestinationPolicy.Verdict;
import dev.casebook.urlshortener.link.Rejection.Reason;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Every rule a link must keep that needs no look at other links: pure functions of the request, the policies and, for
 * edits, the link. Thread-safe.
 */
public final class LinkRules {
    /** Tags per link. */
    public static final int TAGS_MAX = 50;

    /** Characters per tag. */
    public static final int TAG_CHARS_MAX = 128;

    /** Redirect rules per link: each is evaluated on the redirect path. */
    public static final int RULES_MAX = 50;

    /** Conditions per redirect rule. */
    public static final int CONDITIONS_MAX = 20;

    /** Characters of a condition's key or value. */
    public static final int CONDITION_CHARS_MAX = 512;

    /** Characters per title. */
    public static final int TITLE_CHARS_MAX = 512;

    /** Bytes per password: hashing must not become a way to burn processor time. */
    public static final int PASSWORD_CHARS_MAX = 128;

    /** Characters per idempotency key. */
    public static final int IDEMPOTENCY_KEY_CHARS_MAX = 255;

    private final UrlNormalizer urls;
    private final DestinationPolicy policy;
    private final SlugPolicy slugs;
    private final Domains domains;
    private final PasswordHasher passwords;

    /** Makes the rules of an installation. */
    public LinkRules(
            UrlNormalizer urls, DestinationPolicy policy, SlugPolicy slugs, Domains domains, PasswordHasher passwords) {
        this.urls = urls;
        this.policy = policy;
        this.slugs = slugs;
        this.domains = domains;
        this.passwords = passwords;
    }

    /** The key that a domain and slug, as typed by a caller, stand for; refused if no link can have it. */
    Checked<LinkKey> key(String domain, String slug) {
        return slugs.lookupForm(slug)
                .map(form -> domains.canonical(domain).map(canonical -> new LinkKey(canonical, form)))
                .orElseGet(() -> new Checked.Refused<>(
                        new Rejection(Reason.SLUG_MALFORMED, "shortCode", "no link can have this slug")));
    }

    NormalizedUrl destination(String longUrl) {
        NormalizedUrl url = RefusedException.unwrap(urls.normalize(longUrl));
        if (policy.judge(url) instanceof Verdict.Denied denied) {
            throw new RefusedException(denied.reason(), "longUrl", denied.detail());
        }
        return url;
    }

    String customSlug(String chosen) {
        return RefusedException.unwrap(slugs.check(chosen));
    }

    /**
     * Whether a policy condemns where a link leads, by its destination or by one of its rules. Not for leading back to this
     * service, which is refused when a link is made or changed: nodes differ in their own addresses and would undo each
     * other's judgements, and whoever may make a link on some domain would condemn all that lead there.
     */
    boolean isCondemned(Link link) {
        return isDenied(link.longUrl()) || link.rules().stream().anyMatch(rule -> isDenied(rule.longUrl()));
    }

    private boolean isDenied(String url) {
        return switch (urls.normalize(url)) {
            case Checked.Accepted<NormalizedUrl> accepted ->
                policy.judge(accepted.value()) instanceof Verdict.Denied denied
                        && denied.reason() != Reason.DESTINATION_LOOPS;
            case Checked.Refused<NormalizedUrl> refused -> true;
        };
    }

    /**
     * The draft a request describes.
     *
     * @param url the request's checked destination
     * @param slug checked or generated
     */
    LinkDraft draft(Visibility visibility, CreateLink request, NormalizedUrl url, String slug, Instant now) {
        String domain = RefusedException.unwrap(domains.canonical(request.domain()));
        if (!visibility.coversDomain(domain)) {
            throw new RefusedException(
                    Reason.DOMAIN_NOT_ALLOWED,
                    "domain",
                    "this API key may not make links on " + domains.hostOf(domain));
        }
        checkValidity(request.validSince(), request.validUntil(), request.maxVisits());
        requireElsewhere(domain, url);
        return new LinkDraft(
                new LinkKey(domain, slug),
                url.url(),
                request.status(),
                now.truncatedTo(ChronoUnit.MICROS),
                micros(request.validSince()),
                micros(request.validUntil()),
                request.maxVisits(),
                passwordHash(request.password()),
                rules(domain, request.rules()),
                request.forwardQuery(),
                request.crawlable(),
                title(request.title()),
                tags(request.tags()),
                request.createdBy());
    }

    /** The first link on a domain is what makes it one of this service's, so no policy can know it yet. */
    private static void requireElsewhere(String domain, NormalizedUrl url) {
        if (!domain.isEmpty() && domain.equals(url.host())) {
            throw new RefusedException(
                    Reason.DESTINATION_LOOPS, "longUrl", "a link must not lead back to its own domain: " + domain);
        }
    }

    void checkCodeLength(@Nullable Integer length) {
        if (length != null && (length < RandomGenerator.LENGTH_MIN || length > RandomGenerator.LENGTH_MAX)) {
            throw new RefusedException(
                    Reason.CODE_LENGTH_OUT_OF_RANGE,
                    "shortCodeLength",
                    "the length of a code must be " + RandomGenerator.LENGTH_MIN + ".." + RandomGenerator.LENGTH_MAX
                            + ": " + length);
        }
    }

    void checkIdempotencyKey(@Nullable String key) {
        if (key != null && (key.isEmpty() || key.length() > IDEMPOTENCY_KEY_CHARS_MAX || hasControls(key))) {
            throw new RefusedException(
                    Reason.IDEMPOTENCY_KEY_MALFORMED,
                    "Idempotency-Key",
                    "an idempotency key has 1.." + IDEMPOTENCY_KEY_CHARS_MAX + " printable characters");
        }
    }

    /** The patch with each of its values checked and in the form that is stored; the password is hashed. */
    LinkPatch checked(LinkPatch patch) {
        return new LinkPatch(
                patch.longUrl() == null ? null : destination(patch.longUrl()).url(),
                patch.status(),
                micros(patch.validSince()),
                micros(patch.validUntil()),
                patch.maxVisits(),
                patch.password() instanceof Patch.Put<String> password
                        ? Patch.set(passwordHash(password.value()))
                        : patch.password(),
                patch.rules() == null ? null : rules("", patch.rules()),
                patch.forwardQuery(),
                patch.crawlable(),
                patch.title() instanceof Patch.Put<String> title ? Patch.set(title(title.value())) : patch.title(),
                patch.tags() == null ? null : tags(patch.tags()));
    }

    /** What a link becomes by a checked patch. */
    Link apply(LinkPatch patch, Link link) {
        Link edited = new Link(
                link.id(),
                link.key(),
                link.version(),
                patch.longUrl() == null ? link.longUrl() : patch.longUrl(),
                patch.status() == null ? link.status() : patch.status(),
                link.createdAt(),
                patch.validSince().apply(link.validSince()),
                patch.validUntil().apply(link.validUntil()),
                patch.maxVisits().apply(link.maxVisits()),
                patch.password().apply(link.passwordHash()),
                patch.rules() == null ? link.rules() : patch.rules(),
                patch.forwardQuery() == null ? link.forwardQuery() : patch.forwardQuery(),
                patch.crawlable() == null ? link.crawlable() : patch.crawlable(),
                link.blocked(),
                patch.title().apply(link.title()),
                patch.tags() == null ? link.tags() : patch.tags(),
                link.createdBy());
        checkValidity(edited.validSince(), edited.validUntil(), edited.maxVisits());
        boolean leadsElsewhere = patch.longUrl() != null || patch.rules() != null;
        return leadsElsewhere ? edited.withBlocked(isCondemned(edited)) : edited;
    }

    private static void checkValidity(
            @Nullable Instant validSince, @Nullable Instant validUntil, @Nullable Integer maxVisits) {
        if (validSince != null && validUntil != null && !validSince.isBefore(validUntil)) {
            throw new RefusedException(
                    Reason.VALIDITY_EMPTY,
                    "validUntil",
                    "validUntil " + validUntil + " must be after validSince " + validSince);
        }
        if (maxVisits != null && maxVisits < 1) {
            throw new RefusedException(
                    Reason.MAX_VISITS_OUT_OF_RANGE, "maxVisits", "maxVisits must be >= 1: " + maxVisits);
        }
    }

    private @Nullable String passwordHash(@Nullable String password) {
        if (password == null) {
            return null;
        }
        if (password.isEmpty() || password.length() > PASSWORD_CHARS_MAX) {
            throw new RefusedException(
                    Reason.PASSWORD_MALFORMED,
                    "password",
                    "a password has 1.." + PASSWORD_CHARS_MAX + " characters: " + password.length());
        }
        return passwords.hash(password);
    }

    /** @param domain of a link that is made; empty for one that is there, whose domain the policies know */
    private List<RedirectRule> rules(String domain, List<RedirectRule> rules) {
        if (rules.size() > RULES_MAX) {
            throw new RefusedException(
                    Reason.TOO_MANY_RULES,
                    "redirectRules",
                    "a link may have at most " + RULES_MAX + " redirect rules: " + rules.size());
        }
        List<RedirectRule> checked = new ArrayList<>(rules.size());
        for (RedirectRule rule : rules) {
            if (rule.conditions().size() > CONDITIONS_MAX) {
                throw new RefusedException(
                        Reason.RULE_MALFORMED,
                        "redirectRules",
                        "a redirect rule may have at most " + CONDITIONS_MAX + " conditions");
            }
            rule.conditions().forEach(LinkRules::checkCondition);
            NormalizedUrl url = destination(rule.longUrl());
            requireElsewhere(domain, url);
            checked.add(new RedirectRule(rule.priority(), url.url(), rule.conditions()));
        }
        checked.sort(Comparator.comparingInt(RedirectRule::priority));
        return checked;
    }

    private static void checkCondition(RedirectRule.Condition condition) {
        boolean needsKey = switch (condition.type()) {
            case QUERY_PARAM, ANY_VALUE_QUERY_PARAM, VALUELESS_QUERY_PARAM -> true;
            default -> false;
        };
        boolean needsValue = switch (condition.type()) {
            case ANY_VALUE_QUERY_PARAM, VALUELESS_QUERY_PARAM -> false;
            default -> true;
        };
        boolean keyIsWrong = needsKey && isMissingOrLong(condition.matchKey());
        boolean valueIsWrong = needsValue && isMissingOrLong(condition.matchValue());
        if (keyIsWrong || valueIsWrong) {
            throw new RefusedException(
                    Reason.RULE_MALFORMED,
                    "redirectRules",
                    "a condition of type " + condition.type().wireName() + " needs "
                            + (keyIsWrong ? "matchKey" : "matchValue")
                            + " of 1.." + CONDITION_CHARS_MAX + " characters");
        }
    }

    private static boolean isMissingOrLong(@Nullable String text) {
        return text == null || text.isEmpty() || text.length() > CONDITION_CHARS_MAX;
    }

    private static @Nullable String title(@Nullable String title) {
        if (title == null || title.isBlank()) {
            return null;
        }
        String text = title.strip();
        if (text.length() > TITLE_CHARS_MAX || hasControls(text)) {
            throw new RefusedException(
                    Reason.TITLE_TOO_LONG,
                    "title",
                    "a title has at most " + TITLE_CHARS_MAX + " printable characters: " + text.length());
        }
        return text;
    }

    static SortedSet<String> tags(Set<String> tags) {
        SortedSet<String> checked = new TreeSet<>();
        for (String tag : tags) {
            checked.add(tag(tag));
        }
        if (checked.size() > TAGS_MAX) {
            throw new RefusedException(
                    Reason.TOO_MANY_TAGS, "tags", "a link may have at most " + TAGS_MAX + " tags: " + checked.size());
        }
        return checked;
    }

    static String tag(String tag) {
        String text = tag.strip();
        if (text.isEmpty() || text.length() > TAG_CHARS_MAX || text.indexOf(',') >= 0 || hasControls(text)) {
            throw new RefusedException(
                    Reason.TAG_MALFORMED,
                    "tags",
                    "a tag has 1.." + TAG_CHARS_MAX + " printable characters and no comma: " + text);
        }
        return text;
    }

    private static boolean hasControls(String text) {
        return text.chars().anyMatch(Character::isISOControl);
    }

    private static @Nullable Instant micros(@Nullable Instant instant) {
        return instant == null ? null : instant.truncatedTo(ChronoUnit.MICROS);
    }

    private static Patch<Instant> micros(Patch<Instant> patch) {
        return patch instanceof Patch.Put<Instant> put ? Patch.set(micros(put.value())) : patch;
    }
}
