package dev.casebook.urlshortener.link;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Redirect rules as text, in the shape of Shlink's REST API: for columns, cache entries and CSV files. Thread-safe. */
public final class RedirectRuleJson {
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private RedirectRuleJson() {}

    /** The rules as a JSON array. */
    public static String write(List<RedirectRule> rules) {
        ArrayNode array = MAPPER.createArrayNode();
        for (RedirectRule rule : rules) {
            ObjectNode node = array.addObject().put("priority", rule.priority()).put("longUrl", rule.longUrl());
            ArrayNode conditions = node.putArray("conditions");
            for (RedirectRule.Condition condition : rule.conditions()) {
                conditions
                        .addObject()
                        .put("type", condition.type().wireName())
                        .put("matchKey", condition.matchKey())
                        .put("matchValue", condition.matchValue());
            }
        }
        return array.toString();
    }

    /**
     * The rules that {@link #write} wrote.
     *
     * @throws IllegalArgumentException when the text is not such
     */
    public static List<RedirectRule> read(String json) {
        JsonNode array;
        try {
            array = MAPPER.readTree(json);
        } catch (JacksonException malformed) {
            throw new IllegalArgumentException("not JSON: " + malformed.getOriginalMessage(), malformed);
        }
        if (!array.isArray()) {
            throw new IllegalArgumentException("redirect rules must be an array");
        }
        List<RedirectRule> rules = new ArrayList<>(array.size());
        for (JsonNode rule : array) {
            List<RedirectRule.Condition> conditions = new ArrayList<>();
            for (JsonNode condition : rule.path("conditions")) {
                conditions.add(new RedirectRule.Condition(
                        RedirectRule.Type.ofWireName(condition.path("type").asString("")),
                        text(condition, "matchKey"),
                        text(condition, "matchValue")));
            }
            rules.add(new RedirectRule(
                    rule.path("priority").asInt(0), rule.path("longUrl").asString(""), conditions));
        }
        return rules;
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() ? value.stringValue() : null;
    }
}
