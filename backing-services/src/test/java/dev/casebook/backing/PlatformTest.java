package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlatformTest {
    @Test
    void knowsTheNamesTheJdkGivesToMachines() {
        assertThat(Platform.of("Linux", "amd64")).isEqualTo(new Platform(Platform.Os.LINUX, Platform.Cpu.AMD64));
        assertThat(Platform.of("Linux", "aarch64")).isEqualTo(new Platform(Platform.Os.LINUX, Platform.Cpu.ARM64));
        assertThat(Platform.of("Mac OS X", "x86_64")).isEqualTo(new Platform(Platform.Os.MACOS, Platform.Cpu.AMD64));
        assertThat(Platform.of("Mac OS X", "aarch64")).isEqualTo(new Platform(Platform.Os.MACOS, Platform.Cpu.ARM64));
    }

    @Test
    void sendsOthersToExternalServers() {
        assertThatThrownBy(() -> Platform.of("Windows 11", "amd64"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("Windows 11")
                .hasMessageContaining("--postgres");
    }
}
