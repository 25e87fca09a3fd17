package dev.casebook.urlshortener.api;

import dev.casebook.urlshortener.link.CreateLink;
import dev.casebook.urlshortener.link.LinkPatch;
import dev.casebook.urlshortener.link.RedirectRule;
import dev.casebook.urlshortener.link.RedirectStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bodies that make and change a link: Shlink's members, and four of our own that Shlink's clients never send:
 * {@code password}, {@code redirectStatus}, {@code private}, {@code fetchTitle}.
 */
final class ShortUrlBodies {
    private ShortUrlBodies() {}

    /**
     * @param createdBy id of the API key that asks
     * @param idempotencyKey the request's {@code Idempotency-Key}; null for none
     */
    static CreateLink create(JsonBody body, String createdBy, @Nullable String idempotencyKey) {
        String longUrl = body.text("longUrl");
        if (longUrl == null) {
            body.reject("longUrl");
        }
        Set<String> tags = body.texts("tags");
        CreateLink.Builder create = CreateLink.to(longUrl == null ? "" : longUrl)
                .customSlug(body.text("customSlug"))
                .validSince(body.instant("validSince"))
                .validUntil(body.instant("validUntil"))
                .maxVisits(body.integer("maxVisits"))
                .password(body.text("password"))
                .forwardQuery(body.flag("forwardQuery", true))
                .crawlable(body.flag("crawlable", false))
                .title(body.text("title"))
                .fetchTitle(body.flag("fetchTitle", false))
                .tags(tags == null ? Set.of() : tags)
                .findIfExists(body.flag("findIfExists", false))
                .privateCode(body.flag("private", false))
                .codeLength(body.integer("shortCodeLength"))
                .createdBy(createdBy)
                .idempotencyKey(idempotencyKey);
        String domain = body.text("domain");
        if (domain != null) {
            create.domain(domain);
        }
        RedirectStatus status = status(body);
        if (status != null) {
            create.status(status);
        }
        body.check();
        return create.build();
    }

    static LinkPatch patch(JsonBody body) {
        LinkPatch.Builder patch = LinkPatch.builder()
                .longUrl(body.text("longUrl"))
                .status(status(body))
                .forwardQuery(body.flagOrNull("forwardQuery"))
                .crawlable(body.flagOrNull("crawlable"))
                .tags(body.texts("tags"));
        if (body.has("validSince")) {
            patch.validSince(body.instant("validSince"));
        }
        if (body.has("validUntil")) {
            patch.validUntil(body.instant("validUntil"));
        }
        if (body.has("maxVisits")) {
            patch.maxVisits(body.integer("maxVisits"));
        }
        if (body.has("password")) {
            patch.password(body.text("password"));
        }
        if (body.has("title")) {
            patch.title(body.text("title"));
        }
        body.check();
        return patch.build();
    }

    /** The body of {@code POST .../redirect-rules}: priorities follow the order of the list. */
    static List<RedirectRule> redirectRules(JsonBody body) {
        List<JsonBody> bodies = body.objects("redirectRules");
        if (bodies == null) {
            body.reject("redirectRules");
            bodies = List.of();
        }
        List<RedirectRule> rules = new ArrayList<>();
        for (JsonBody rule : bodies) {
            String longUrl = rule.text("longUrl");
            List<RedirectRule.Condition> conditions = conditions(rule);
            if (longUrl == null || conditions.isEmpty()) {
                body.reject("redirectRules");
            } else {
                rules.add(new RedirectRule(rules.size() + 1, longUrl, conditions));
            }
        }
        body.check();
        return rules;
    }

    /** The conditions that can be read; empty when one cannot. */
    private static List<RedirectRule.Condition> conditions(JsonBody rule) {
        List<JsonBody> bodies = rule.objects("conditions");
        List<RedirectRule.Condition> conditions = new ArrayList<>();
        for (JsonBody condition : bodies == null ? List.<JsonBody>of() : bodies) {
            String type = condition.text("type");
            try {
                conditions.add(new RedirectRule.Condition(
                        RedirectRule.Type.ofWireName(type == null ? "" : type),
                        condition.text("matchKey"),
                        condition.text("matchValue")));
            } catch (IllegalArgumentException e) {
                return List.of();
            }
        }
        return conditions;
    }

    private static @Nullable RedirectStatus status(JsonBody body) {
        Integer code = body.integer("redirectStatus");
        if (code == null) {
            return null;
        }
        try {
            return RedirectStatus.of(code);
        } catch (IllegalArgumentException e) {
            body.reject("redirectStatus");
            return null;
        }
    }
}
