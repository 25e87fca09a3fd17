package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class SettingTest {
    @Test
    void embeddedTakesAnyPortUnlessAskedForOne() {
        assertThat(Setting.parse("--redis", "embedded")).isEqualTo(new Setting.Embedded(OptionalInt.empty()));
        assertThat(Setting.parse("--redis", "embedded:7001")).isEqualTo(new Setting.Embedded(OptionalInt.of(7001)));
    }

    @Test
    void anythingElseIsSomebodysServer() {
        assertThat(Setting.parse("--kafka", "embeddedhost:9092")).isEqualTo(new Setting.External("embeddedhost:9092"));
    }
}
