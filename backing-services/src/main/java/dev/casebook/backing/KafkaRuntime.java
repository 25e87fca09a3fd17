package dev.casebook.backing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The Java virtual machine for a Kafka broker: the JDK and the jars of this process.
 *
 * <p>Loading and verifying some nine thousand classes is half of a broker's start, so the first broker that stops in an orderly way leaves a
 * class-data-sharing archive (JEP 350) in the cache, and later ones map it. The archive is good for exactly one list of jars, JDK and set of
 * options, which its name is the digest of; a machine that finds the archive unusable starts without. To have one archive for all modules
 * and tests the class path is cut down to what the broker needs, which the build has listed in {@value #ARTIFACTS}.
 */
final class KafkaRuntime {
    private static final String ARTIFACTS = "kafka-broker.classpath";
    private static final Pattern VERSION_AND_TYPE = Pattern.compile("(-\\d[^/]*)?\\.jar$");
    private static final Duration UNUSED_AFTER = Duration.ofDays(30);
    private static final int ENDED_BY_SIGTERM = 128 + 15;
    private static final List<String> OPTIONS = List.of(
            "-Xms64m",
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-Xlog:disable",
            "-Xlog:all=error:stderr",
            "--sun-misc-unsafe-memory-access=allow");

    private final String java;
    private final String classPath;
    private final Path cacheFolder;
    private final Path archive;
    private final Path unfinishedArchive;

    private KafkaRuntime(String java, String classPath, Path cacheFolder, Path archive, Path unfinishedArchive) {
        this.java = java;
        this.classPath = classPath;
        this.cacheFolder = cacheFolder;
        this.archive = archive;
        this.unfinishedArchive = unfinishedArchive;
    }

    static KafkaRuntime ofThisProcess(BinaryCache cache) throws IOException {
        Set<String> needed = neededArtifacts();
        String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> needed.contains(artifact(entry)))
                .collect(Collectors.joining(File.pathSeparator));
        if (!classPath.contains("kafka_2.13")) {
            throw new BackingServiceException("The class path has no Kafka broker (org.apache.kafka:kafka_2.13)."
                    + " Give --kafka the address of one you run instead.");
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> identity = new ArrayList<>(OPTIONS);
        identity.add(java);
        identity.add(System.getProperty("java.vm.version"));
        identity.add(classPath);
        String name = "kafka-" + digest(String.join("\n", identity)) + ".jsa";
        return new KafkaRuntime(
                java,
                classPath,
                cache.root(),
                cache.root().resolve(name),
                cache.unfinished(UUID.randomUUID() + ".jsa"));
    }

    List<String> command(Path logback, String mainClass, String argument) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(java);
        command.addAll(OPTIONS);
        if (Files.exists(archive)) {
            Files.setLastModifiedTime(archive, FileTime.from(Instant.now()));
            command.add("-XX:SharedArchiveFile=" + archive);
        } else {
            command.add("-XX:ArchiveClassesAtExit=" + unfinishedArchive);
        }
        command.add("-Dlogback.configurationFile=" + logback);
        command.addAll(List.of("-cp", classPath, mainClass, argument));
        return command;
    }

    /** To be told with which status the machine has ended. Keeps an archive that was written to its end. */
    void ended(int status) throws IOException {
        if (status == ENDED_BY_SIGTERM && Files.exists(unfinishedArchive)) {
            Files.move(unfinishedArchive, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            deleteUnusedArchives();
        } else {
            Files.deleteIfExists(unfinishedArchive);
        }
    }

    /** Those of former versions and builds: 50 MB each. */
    private void deleteUnusedArchives() throws IOException {
        Instant limit = Instant.now().minus(UNUSED_AFTER);
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(cacheFolder, "kafka-*.jsa")) {
            for (Path each : archives) {
                if (Files.getLastModifiedTime(each).toInstant().isBefore(limit)) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    private static Set<String> neededArtifacts() throws IOException {
        try (InputStream in = KafkaRuntime.class.getResourceAsStream(ARTIFACTS)) {
            if (in == null) {
                throw new IllegalStateException(
                        ARTIFACTS + " is not beside " + KafkaRuntime.class + ": build with Maven");
            }
            String paths = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return Stream.of(paths.strip().split(":"))
                    .map(KafkaRuntime::artifact)
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    /** {@code .../kafka-clients-4.3.1.jar} and {@code ./kafka-clients.jar} to {@code kafka-clients}; a folder of classes to its own name. */
    private static String artifact(String path) {
        String file = path.substring(path.replace('\\', '/').lastIndexOf('/') + 1);
        return VERSION_AND_TYPE.matcher(file).replaceFirst("");
    }

    private static String digest(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
