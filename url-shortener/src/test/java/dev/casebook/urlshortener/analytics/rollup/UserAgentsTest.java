package dev.casebook.urlshortener.analytics.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.urlshortener.analytics.Clicks;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UserAgentsTest {
    private static final UserAgents AGENTS = new UserAgents();

    @Test
    void namesBrowserSystemAndDevice() {
        assertThat(AGENTS.read(Clicks.FIREFOX)).isEqualTo(new Agent("Firefox", "Linux", "", false));
        assertThat(AGENTS.read(Clicks.IPHONE)).isEqualTo(new Agent("Mobile Safari", "iOS", "iPhone", false));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Clicks.GOOGLEBOT,
                "curl/8.5.0",
                "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
                "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
                "WhatsApp/2.23.20.0",
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/141.0 Safari/537.36",
                "python-requests/2.32.3",
                "Java/25",
                "UptimeRobot/2.0"
            })
    void recognisesAutomatedVisitors(String header) {
        assertThat(AGENTS.read(header).bot()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {Clicks.FIREFOX, Clicks.IPHONE, "", "no browser that anyone knows"})
    void takesOthersForPeople(String header) {
        assertThat(AGENTS.read(header).bot()).isFalse();
    }
}
