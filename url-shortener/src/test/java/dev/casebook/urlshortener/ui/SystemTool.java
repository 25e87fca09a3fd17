package dev.casebook.urlshortener.ui;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** A program of the system that a test asks. Without it the test skips, or fails where {@code casebook.tools.required} is set. */
record SystemTool(Path path, String debianPackage) {
    static final SystemTool CHROMIUM = new SystemTool(Path.of("/usr/bin/chromium"), "chromium");
    static final SystemTool CHROMEDRIVER = new SystemTool(Path.of("/usr/bin/chromedriver"), "chromium-driver");
    static final SystemTool ZBARIMG = new SystemTool(Path.of("/usr/bin/zbarimg"), "zbar-tools");

    /** The program's path. */
    String require() {
        boolean present = Files.isExecutable(path);
        String message = path + " is not installed (Debian package " + debianPackage + ")";
        if (!present && Boolean.getBoolean("casebook.tools.required")) {
            throw new AssertionError(message);
        }
        assumeTrue(present, "SKIPPED: " + message);
        return path.toString();
    }
}
