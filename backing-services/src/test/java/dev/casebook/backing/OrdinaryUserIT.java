package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is special for root, and what must also work for others. Where the tests run as an ordinary user, every other test shows the latter. */
@EnabledOnOs(OS.LINUX)
class OrdinaryUserIT {
    /** It may read the test's class path, which often lies in a folder only root may enter. Reading is all. */
    private static final List<String> AS_NOBODY = List.of(
            "setpriv",
            "--reuid=" + UnprivilegedUser.NOBODY,
            "--regid=" + UnprivilegedUser.NOBODY,
            "--clear-groups",
            "--inh-caps=-all,+dac_read_search",
            "--ambient-caps=-all,+dac_read_search",
            "--");

    @TempDir
    Path folder;

    @BeforeEach
    void onlyRootCanBecomeSomebodyElse() throws Exception {
        assumeTrue((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0, "not root");
    }

    @Test
    void allThreeServeAnOrdinaryUserWithoutAWritableHome() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        FileTrees.own(data, UnprivilegedUser.NOBODY);
        FileTrees.own(folder, UnprivilegedUser.NOBODY);

        try (ChildJvm child = ChildJvm.start(data, folder.resolve("output"), AS_NOBODY, "--exit-when-ready")) {
            assertThat(child.awaitExit()).as(child.output()).isZero();

            assertThat(Files.getAttribute(data.resolve("postgres/data"), "unix:uid"))
                    .isEqualTo(UnprivilegedUser.NOBODY);
        }
    }

    @Test
    void rootLeavesAnOrdinaryUsersDataTheirs() throws Exception {
        Path data = folder.resolve("data");
        PostgresService.open("embedded", data).close();
        FileTrees.own(data.resolve("postgres/data"), UnprivilegedUser.NOBODY);

        PostgresService.open("embedded", data).close();

        assertThat(Files.getAttribute(data.resolve("postgres/data/global/pg_control"), "unix:uid"))
                .isEqualTo(UnprivilegedUser.NOBODY);
    }

    @Test
    void rootDropsPrivilegesInAFolderOnlyRootMayEnter() throws Exception {
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));

        try (PostgresService postgres = PostgresService.open("embedded", closed)) {
            assertThat(capabilities(postgres.process().pid()).get("CapEff"))
                    .as("none, or the one to enter any folder")
                    .isIn("0000000000000000", "0000000000000002");
        }
    }

    private static Map<String, String> capabilities(long pid) throws Exception {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("Cap"))
                .map(line -> line.split(":\\s+", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }
}
