import com.palantir.javaformat.java.Formatter;
import com.palantir.javaformat.java.FormatterException;
import com.palantir.javaformat.java.ImportOrderer;
import com.palantir.javaformat.java.JavaFormatterOptions;
import com.palantir.javaformat.java.JavaFormatterOptions.Style;
import com.palantir.javaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Checks or sets the format of every Java file of the workspace: palantir-java-format, imports ordered, unused ones removed.
 *
 * <p>A formatter parses with the compiler of the JDK it runs on, so it cannot run inside a Maven on JDK 17: that one does not know the syntax
 * of 21. The root pom runs this file, as source, on the JDK that compiles the workspace: {@code Format check|apply ROOT}.
 */
final class Format {
    private static final Set<String> FOLDERS_LEFT_OUT = Set.of("target", "node_modules", "data", "reports");
    private static final Formatter FORMATTER = Formatter.createFormatter(
            JavaFormatterOptions.builder().style(Style.PALANTIR).build());

    private Format() {}

    public static void main(String[] args) throws IOException {
        boolean apply = args[0].equals("apply");
        Path root = Path.of(args[1]).toAbsolutePath().normalize();
        // As old as the beginning of the last run that found everything in order: what is older was in order.
        Path stamp = root.resolve("target/format.checked");
        Instant started = Instant.now();
        Instant since = lastRun(stamp, root.resolve("pom.xml"), root.resolve("tools/Format.java"));
        Set<Path> unlike = new ConcurrentSkipListSet<>();
        filesSince(root, since).parallelStream().forEach(file -> {
            String source = read(file);
            String formatted = format(root.relativize(file), source);
            if (!formatted.equals(source)) {
                unlike.add(root.relativize(file));
                if (apply) {
                    write(file, formatted);
                }
            }
        });
        unlike.forEach(file -> System.out.println((apply ? "formatted " : "not formatted: ") + file));
        if (!apply && !unlike.isEmpty()) {
            System.out.println("Format them: ./casebook format");
            System.exit(1);
        }
        Files.createDirectories(stamp.getParent());
        Files.writeString(stamp, "");
        Files.setLastModifiedTime(stamp, FileTime.from(started));
    }

    private static Instant lastRun(Path stamp, Path... rules) throws IOException {
        if (!Files.exists(stamp)) {
            return Instant.MIN;
        }
        Instant last = Files.getLastModifiedTime(stamp).toInstant();
        for (Path rule : rules) {
            if (!Files.getLastModifiedTime(rule).toInstant().isBefore(last)) {
                return Instant.MIN;
            }
        }
        return last;
    }

    private static List<Path> filesSince(Path root, Instant since) throws IOException {
        List<Path> files = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = folder.getFileName().toString();
                boolean leftOut = !folder.equals(root) && (name.startsWith(".") || FOLDERS_LEFT_OUT.contains(name));
                return leftOut ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                if (file.toString().endsWith(".java")
                        && !attributes.lastModifiedTime().toInstant().isBefore(since)) {
                    files.add(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return files;
    }

    private static String format(Path file, String source) {
        try {
            return FORMATTER.formatSource(
                    RemoveUnusedImports.removeUnusedImports(ImportOrderer.reorderImports(source, Style.PALANTIR)));
        } catch (FormatterException e) {
            throw new IllegalStateException(file + ": " + e.getMessage(), e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
