package dev.casebook.backing.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.backing.BackingServiceException;
import org.junit.jupiter.api.Test;

class ComposeImagesTest {
    @Test
    void readsThePinnedImagesOfThisWorkspace() {
        ComposeImages images = ComposeImages.find();

        assertThat(images.postgres()).matches("postgres:\\d+\\.\\d+.*");
        assertThat(images.redis()).matches("redis:\\d+\\.\\d+.*");
        assertThat(images.kafka()).matches("apache/kafka:\\d+\\.\\d+.*");
    }

    @Test
    void takesAnImageQuotedOrFollowedByAComment() {
        ComposeImages images = ComposeImages.parse("""
                services:
                  a: { }
                  b:
                    image: "postgres:18.4"
                  c:
                    image: redis:8.2 # the newest
                  d:
                    image: 'apache/kafka:4.3.1'
                """);

        assertThat(images).isEqualTo(new ComposeImages("postgres:18.4", "redis:8.2", "apache/kafka:4.3.1"));
    }

    @Test
    void anImageWithoutATagIsNoPinnedImage() {
        assertThatThrownBy(() -> ComposeImages.parse("image: postgres\n"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("postgres:TAG");
    }
}
