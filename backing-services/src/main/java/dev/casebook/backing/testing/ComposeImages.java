package dev.casebook.backing.testing;

import dev.casebook.backing.BackingServiceException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The container images that docker-compose.yml names, so that versions stand in one place.
 *
 * @param postgres such as {@code postgres:18.4}
 */
record ComposeImages(String postgres, String redis, String kafka) {
    private static final String FILE = "docker-compose.yml";

    /** Reads the nearest docker-compose.yml at or above the working directory. */
    static ComposeImages find() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            Path file = folder.resolve(FILE);
            if (Files.exists(file)) {
                try {
                    return parse(Files.readString(file));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        throw new BackingServiceException(
                "There is no " + FILE + " at or above " + Path.of("").toAbsolutePath() + " to read the images from.");
    }

    static ComposeImages parse(String compose) {
        return new ComposeImages(image(compose, "postgres"), image(compose, "redis"), image(compose, "apache/kafka"));
    }

    private static String image(String compose, String repository) {
        Matcher image = Pattern.compile("^\\s*image:\\s*[\"']?(" + repository + ":[^\\s\"'#]+)", Pattern.MULTILINE)
                .matcher(compose);
        if (!image.find()) {
            throw new BackingServiceException(FILE + " names no image " + repository + ":TAG.");
        }
        return image.group(1);
    }
}
