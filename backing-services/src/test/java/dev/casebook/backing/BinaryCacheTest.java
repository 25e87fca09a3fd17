package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class BinaryCacheTest {
    private static final Platform LINUX = new Platform(Platform.Os.LINUX, Platform.Cpu.AMD64);
    private static final Platform MACOS = new Platform(Platform.Os.MACOS, Platform.Cpu.ARM64);

    @TempDir
    Path folder;

    @Test
    void unpacksFilesWithTheirPermissionsAndLinks() throws Exception {
        URL archive = archive("bin/server", "lib/../lib/library");

        Path entry = cache().unpacked(archive, "server");

        assertThat(entry.resolve("bin/server")).hasContent("bin/server").isExecutable();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(entry.resolve("bin/server"))))
                .isEqualTo("rwxr-xr-x");
        assertThat(entry.resolve("link")).isSymbolicLink().hasContent("bin/server");
        assertThat(entry.resolve("lib/library")).exists();
    }

    @Test
    void refusesAnEntryThatLiesOutsideOfTheArchive() throws Exception {
        URL archive = archive("bin/server", "../../outside");

        assertThatThrownBy(() -> cache().unpacked(archive, "server"))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("../../outside");

        assertThat(folder.resolve("outside")).doesNotExist();
        assertThat(names(folder.resolve("cache/casebook"))).isEmpty();
    }

    @Test
    void manyAtOnceAllGetTheOneWholeEntry() throws Exception {
        URL archive = archive("bin/server", "share/a", "share/b", "share/c");
        BinaryCache cache = cache();

        List<Path> entries = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Path>> unpacking = Stream.generate(() -> threads.submit(() -> {
                        Path entry = cache.unpacked(archive, "server");
                        assertThat(names(entry)).containsExactlyInAnyOrder("bin", "share", "link");
                        return entry;
                    }))
                    .limit(8)
                    .toList();
            for (Future<Path> each : unpacking) {
                entries.add(each.get());
            }
        }

        assertThat(entries).containsOnly(entries.getFirst());
        assertThat(names(cache.root()))
                .containsExactly(entries.getFirst().getFileName().toString());
    }

    @Test
    void changedBinariesGetAnEntryOfTheirOwn() throws Exception {
        Path first = cache().unpacked(archive("bin/server"), "server");
        Path second = cache().unpacked(archive("bin/server", "share/more"), "server");

        assertThat(second).isNotEqualTo(first);
    }

    @Test
    void whatAKilledProcessLeftIsDeletedAfterADayAndNotBefore() throws Exception {
        BinaryCache cache = cache();
        Path old =
                Files.createDirectories(cache.unfinished("old").resolve("bin")).getParent();
        Path young = Files.createDirectory(cache.unfinished("young"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofHours(25))));

        cache.unpacked(archive("bin/server"), "server");

        assertThat(old).doesNotExist();
        assertThat(young).exists();
    }

    @Test
    void liesInTheUsersCacheFolder() throws Exception {
        Path home = Files.createDirectory(folder.resolve("home"));
        Path data = folder.resolve("data");

        assertThat(BinaryCache.open(data, LINUX, Map.of(), home.toString()).root())
                .isEqualTo(home.resolve(".cache/casebook"));
        assertThat(BinaryCache.open(data, MACOS, Map.of(), home.toString()).root())
                .isEqualTo(home.resolve("Library/Caches/casebook"));
        assertThat(BinaryCache.open(
                                data,
                                LINUX,
                                Map.of("XDG_CACHE_HOME", folder.resolve("xdg").toString()),
                                home.toString())
                        .root())
                .isEqualTo(folder.resolve("xdg/casebook"));
        assertThat(BinaryCache.open(data, LINUX, Map.of("XDG_CACHE_HOME", "relative"), home.toString())
                        .root())
                .isEqualTo(home.resolve(".cache/casebook"));
        assertThat(BinaryCache.open(
                                data,
                                LINUX,
                                Map.of(
                                        "CASEBOOK_CACHE_DIR",
                                        folder.resolve("asked").toString()),
                                home.toString())
                        .root())
                .isEqualTo(folder.resolve("asked"));
    }

    @Test
    void liesBesideTheDataWhereThereIsNoUsableHome() throws Exception {
        Path data = folder.resolve("data");
        Path file = Files.createFile(folder.resolve("file"));

        for (String home : List.of("?", "/nonexistent", file.toString())) {
            assertThat(BinaryCache.open(data, LINUX, Map.of(), home).root()).isEqualTo(data.resolve(".cache"));
        }
        assertThat(BinaryCache.open(data, LINUX, Map.of("XDG_CACHE_HOME", file.toString()), "/nonexistent")
                        .root())
                .isEqualTo(data.resolve(".cache"));
    }

    private BinaryCache cache() throws IOException {
        return BinaryCache.open(
                folder.resolve("data"),
                LINUX,
                Map.of("XDG_CACHE_HOME", folder.resolve("cache").toString()),
                "/nonexistent");
    }

    /** With each of {@code files} holding its own name, and a link to the first. */
    private URL archive(String... files) throws IOException {
        Path archive = Files.createTempFile(folder, "archive", ".txz");
        try (OutputStream out = Files.newOutputStream(archive);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(new XZOutputStream(out, new LZMA2Options(0)))) {
            for (String file : files) {
                byte[] content = file.getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(file, true);
                entry.setMode(0100755);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
            TarArchiveEntry link = new TarArchiveEntry("link", TarConstants.LF_SYMLINK);
            link.setLinkName(files[0]);
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        return archive.toUri().toURL();
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
