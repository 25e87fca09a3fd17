package dev.casebook.backing;

import java.util.List;
import java.util.Locale;

/** The operating system and processor, in the words of the binaries' publishers. */
record Platform(Os os, Cpu cpu) {
    enum Os {
        LINUX,
        MACOS
    }

    enum Cpu {
        AMD64,
        ARM64
    }

    /**
     * The machine this runs on.
     *
     * @throws BackingServiceException if there are no embedded servers for it
     */
    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
    }

    static Platform of(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String cpu = osArch.toLowerCase(Locale.ROOT);
        return new Platform(
                switch (os) {
                    case "linux" -> Os.LINUX;
                    case "mac os x", "macos", "darwin" -> Os.MACOS;
                    default -> throw unsupported(osName, osArch);
                },
                switch (cpu) {
                    case "amd64", "x86_64" -> Cpu.AMD64;
                    case "aarch64", "arm64" -> Cpu.ARM64;
                    default -> throw unsupported(osName, osArch);
                });
    }

    /**
     * What to put before a command so that it leads a session of its own: a Ctrl-C in the terminal, or a kill of the parent's process group,
     * then reaches the parent alone. The command keeps the process id.
     */
    List<String> newSession() {
        return switch (os) {
            case LINUX -> List.of("setsid");
            case MACOS ->
                List.of("/usr/bin/perl", "-MPOSIX", "-e", "POSIX::setsid(); exec { $ARGV[0] } @ARGV or die $!");
        };
    }

    private static BackingServiceException unsupported(String osName, String osArch) {
        return new BackingServiceException("There are no embedded servers for " + osName + " on " + osArch
                + " (only Linux and macOS on amd64 and arm64). Give --postgres, --redis and --kafka the address of a server you run,"
                + " for example those of docker-compose.yml.");
    }
}
