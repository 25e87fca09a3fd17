package dev.casebook.urlshortener.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectRuleJsonTest {
    @Test
    void readsWhatItWrites() {
        List<RedirectRule> rules = Links.fullDraft("x").rules();

        assertThat(RedirectRuleJson.read(RedirectRuleJson.write(rules))).isEqualTo(rules);
        assertThat(RedirectRuleJson.read(RedirectRuleJson.write(List.of()))).isEmpty();
    }

    @Test
    void readsTheShapeOfShlinksApi() {
        String json = """
                [{"longUrl": "https://m.example/", "priority": 1, "conditions": [
                  {"type": "device", "matchKey": null, "matchValue": "ios"}]}]""";

        assertThat(RedirectRuleJson.read(json))
                .containsExactly(new RedirectRule(
                        1,
                        "https://m.example/",
                        List.of(new RedirectRule.Condition(RedirectRule.Type.DEVICE, null, "ios"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "{}",
                "[{}]",
                "[{\"priority\": 1, \"longUrl\": \"x\", \"conditions\": []}]",
                "[{\"priority\": 1, \"longUrl\": \"x\", \"conditions\": [{\"type\": \"moon-phase\"}]}]",
            })
    void refusesAnythingElse(String json) {
        assertThatThrownBy(() -> RedirectRuleJson.read(json)).isInstanceOf(IllegalArgumentException.class);
    }
}
