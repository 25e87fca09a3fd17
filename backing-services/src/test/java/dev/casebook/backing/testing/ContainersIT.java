package dev.casebook.backing.testing;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.casebook.backing.BackingServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ContainersIT {
    @Test
    void withoutADockerEngineTheOptionIsRefusedAndSaysWhy() {
        assumeFalse(Files.exists(Path.of("/var/run/docker.sock")), "a Docker engine is here");

        assertThatThrownBy(() -> new Containers(ComposeImages.find()))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("-Dcasebook.backing=testcontainers")
                .hasMessageContaining("Docker engine");
    }
}
