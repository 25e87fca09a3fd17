package dev.casebook.backing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The user's folder of unpacked server binaries, shared by every data folder, module and test run.
 *
 * <p>An entry is named after the checksum of what it was unpacked from, unpacked beside its final place, forced to disk and then renamed: it is
 * there whole or not at all. Two processes that unpack the same thing at once do the work twice, and the first rename wins; no lock is
 * needed, and none can be left behind.
 */
final class BinaryCache {
    private static final Logger LOG = LoggerFactory.getLogger(BinaryCache.class);
    private static final String UNFINISHED = ".unpacking-";
    private static final Duration ABANDONED_AFTER = Duration.ofDays(1);

    private final Path root;

    private BinaryCache(Path root) {
        this.root = root;
    }

    /**
     * {@code CASEBOOK_CACHE_DIR} if set, else the user's cache folder (XDG Base Directory on Linux, {@code ~/Library/Caches} on macOS), else,
     * where that can't be written, a folder beside the data.
     */
    static BinaryCache open(Path dataDir) throws IOException {
        return open(dataDir, Platform.current(), System.getenv(), System.getProperty("user.home", ""));
    }

    static BinaryCache open(Path dataDir, Platform platform, Map<String, String> environment, String home)
            throws IOException {
        String asked = environment.getOrDefault("CASEBOOK_CACHE_DIR", "");
        if (!asked.isEmpty()) {
            return new BinaryCache(Files.createDirectories(Path.of(asked).toAbsolutePath()));
        }
        Path shared = shared(platform, environment, home);
        if (shared != null) {
            try {
                Files.createDirectories(shared);
                if (Files.isWritable(shared)) {
                    return new BinaryCache(shared);
                }
            } catch (IOException e) {
                LOG.info("no shared cache in {} ({}): unpacking into the data folder", shared, e.toString());
            }
        }
        return new BinaryCache(Files.createDirectories(dataDir.toAbsolutePath().resolve(".cache")));
    }

    private static @Nullable Path shared(Platform platform, Map<String, String> environment, String home) {
        Path xdg = Path.of(environment.getOrDefault("XDG_CACHE_HOME", ""));
        if (xdg.isAbsolute()) { // the specification: a relative one is to be ignored
            return xdg.resolve("casebook");
        }
        Path homeFolder = Path.of(home);
        if (!homeFolder.isAbsolute() || !Files.isDirectory(homeFolder)) {
            return null; // "?" for a user without an entry in passwd
        }
        return switch (platform.os()) {
            case LINUX -> homeFolder.resolve(".cache/casebook");
            case MACOS -> homeFolder.resolve("Library/Caches/casebook");
        };
    }

    Path root() {
        return root;
    }

    /** A path for what is to be renamed into {@link #root()} when it is whole; deleted a day later if that never happens. */
    Path unfinished(String name) {
        return root.resolve(UNFINISHED + name);
    }

    /** The executable {@code resource} of the class path as a file. */
    Path executable(String resource, String name) throws IOException {
        URL url = resource(resource);
        Path entry = entry(name, url, folder -> {
            Path file = folder.resolve(name);
            try (InputStream in = url.openStream()) {
                Files.copy(in, file);
            }
            Files.setPosixFilePermissions(file, permissions(0755));
            force(file);
        });
        return entry.resolve(name);
    }

    /** The folder that {@code resource} of the class path, a tar compressed by xz, unpacks to. */
    Path unpacked(String resource, String name) throws IOException {
        return unpacked(resource(resource), name);
    }

    Path unpacked(URL url, String name) throws IOException {
        return entry(name, url, folder -> {
            try (InputStream raw = new BufferedInputStream(url.openStream(), 1 << 16);
                    TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(raw))) {
                unpack(tar, folder);
            }
        });
    }

    @FunctionalInterface
    private interface Filler {
        void fill(Path folder) throws IOException;
    }

    private Path entry(String name, URL url, Filler filler) throws IOException {
        Path entry = root.resolve(name + "-" + checksum(url));
        if (Files.isDirectory(entry)) {
            return entry;
        }
        Path unfinished = unfinished(UUID.randomUUID().toString());
        deleteAbandoned();
        Files.createDirectory(unfinished);
        try {
            filler.fill(unfinished);
            Files.move(unfinished, entry, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(entry)) {
                throw new BackingServiceException(
                        "can't unpack " + name + " into " + root + " (" + e
                                + "). Make room there, or name another folder in the environment variable CASEBOOK_CACHE_DIR.",
                        e);
            }
        } finally {
            FileTrees.delete(unfinished);
        }
        return entry;
    }

    private static URL resource(String resource) {
        URL url = BinaryCache.class.getClassLoader().getResource(resource);
        if (url == null) {
            throw new BackingServiceException(
                    "The class path has no " + resource
                            + ": this build has no embedded server for this machine. Give the address of a server you run instead.");
        }
        return url;
    }

    /** The CRC that the jar's directory already has; of a plain file, its size. */
    private static String checksum(URL url) throws IOException {
        URLConnection connection = url.openConnection();
        if (connection instanceof JarURLConnection jar) {
            return HexFormat.of().toHexDigits((int) jar.getJarEntry().getCrc());
        }
        return HexFormat.of().toHexDigits(connection.getContentLengthLong());
    }

    private static void unpack(TarArchiveInputStream tar, Path folder) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path target = folder.resolve(entry.getName()).normalize();
            if (!target.startsWith(folder)) {
                throw new IOException("an entry of the archive lies outside of it: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(target);
            } else if (entry.isSymbolicLink()) {
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else if (entry.isFile()) {
                Files.createDirectories(target.getParent());
                Files.copy(tar, target);
                Files.setPosixFilePermissions(target, permissions(entry.getMode()));
                force(target);
            }
        }
    }

    /** What a process that died while unpacking has left. */
    private void deleteAbandoned() throws IOException {
        Instant limit = Instant.now().minus(ABANDONED_AFTER);
        try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(root, UNFINISHED + "*")) {
            for (Path leftover : leftovers) {
                if (Files.getLastModifiedTime(leftover).toInstant().isBefore(limit)) {
                    FileTrees.delete(leftover);
                }
            }
        }
    }

    /** The nine permission bits of {@code mode} as a set. */
    private static Set<PosixFilePermission> permissions(int mode) {
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        PosixFilePermission[] highestFirst = PosixFilePermission.values();
        for (int bit = 0; bit < highestFirst.length; bit++) {
            if ((mode & (0400 >> bit)) != 0) {
                permissions.add(highestFirst[bit]);
            }
        }
        return permissions;
    }

    /** Without this a power cut after the rename could leave the entry's files empty. */
    private static void force(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(false);
        }
    }
}
