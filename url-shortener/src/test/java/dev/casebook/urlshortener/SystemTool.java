package dev.casebook.urlshortener;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** A program of the system that a test asks. Without it the test skips, or fails where {@code casebook.tools.required} is set. */
public record SystemTool(Path path, String debianPackage) {
    public static final SystemTool CHROMIUM = new SystemTool(Path.of("/usr/bin/chromium"), "chromium");
    public static final SystemTool CHROMEDRIVER = new SystemTool(Path.of("/usr/bin/chromedriver"), "chromium-driver");
    public static final SystemTool ZBARIMG = new SystemTool(Path.of("/usr/bin/zbarimg"), "zbar-tools");
    public static final SystemTool NGINX = new SystemTool(Path.of("/usr/sbin/nginx"), "nginx");
    public static final SystemTool HAPROXY = new SystemTool(Path.of("/usr/sbin/haproxy"), "haproxy");

    /** The program's path. */
    public Path require() {
        if (!Files.isExecutable(path)) {
            throw missing(path + " is not installed (Debian package " + debianPackage + ")");
        }
        return path;
    }

    /**
     * Ends a test that cannot do without something: as skipped, or as failed where tools are required.
     *
     * @return never; declared so that callers can write {@code throw}
     */
    public static AssertionError missing(String why) {
        if (Boolean.getBoolean("casebook.tools.required")) {
            throw new AssertionError(why);
        }
        return Assumptions.abort("SKIPPED: " + why);
    }
}
