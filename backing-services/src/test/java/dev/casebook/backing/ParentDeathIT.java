package dev.casebook.backing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The promise that nothing is left running, kept by ending a real parent in every way a process can end. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "looks for what is left in /proc")
class ParentDeathIT {
    private static final Duration GONE_WITHIN = Duration.ofSeconds(GuardedProcess.GRACE_SECONDS + 10L);

    @TempDir
    Path folder;

    /** As supervisors do it: a kill of the parent alone comes below, at several moments. */
    @Test
    void nothingIsLeftAfterKillMinus9OfTheParentsWholeProcessGroup() throws Exception {
        try (ChildJvm parent = startAsGroupLeader()) {
            parent.awaitReady();
            assertThat(parent.namesOfOffspring())
                    .anyMatch(name -> name.contains("postgres"))
                    .anyMatch(name -> name.contains("redis-server"))
                    .anyMatch(name -> name.contains("kafka/logback.xml"));

            parent.signalGroup("KILL");

            parent.awaitExit();
            awaitNothingLeft(parent);
        }
    }

    /** A terminal sends Ctrl-C to the whole process group: had it reached the servers, they would have ended before their clients. */
    @Test
    void ctrlCStopsEverythingInOrder() throws Exception {
        try (ChildJvm parent = startAsGroupLeader()) {
            parent.awaitReady();

            parent.signalGroup("INT");

            assertThat(parent.awaitExit()).isZero();
            assertThat(parent.output()).doesNotContain("ERROR");
            awaitNothingLeft(parent);
        }
    }

    @Test
    void sigtermStopsEverythingBeforeTheParentEnds() throws Exception {
        try (ChildJvm parent = start()) {
            parent.awaitReady();
            List<ProcessHandle> servers = parent.servers();

            parent.process().destroy();

            assertThat(parent.awaitExit()).isZero();
            assertThat(servers).isNotEmpty().noneMatch(GuardedProcess::runs);
            awaitNothingLeft(parent);
        }
    }

    /** Each stage is one more thing that must not be left: a child at its gate, initdb, a server that has not answered yet. */
    @ParameterizedTest
    @MethodSource("stages")
    void nothingIsLeftWhenTheParentIsKilledWhileTheServersStart(int offspringAtTheKill) throws Exception {
        try (ChildJvm parent = start()) {
            Awaitility.await()
                    .atMost(ChildJvm.TIMEOUT)
                    .pollInterval(Duration.ofMillis(2))
                    .until(() -> parent.offspring().size() >= offspringAtTheKill);

            parent.process().destroyForcibly();

            awaitNothingLeft(parent);
        }
    }

    static IntStream stages() {
        return Boolean.getBoolean("casebook.soak") ? IntStream.rangeClosed(1, 16) : IntStream.of(1, 5);
    }

    @Test
    void theNextOwnerStopsServersWhoseParentAndWatchdogsWereKilled() throws Exception {
        Path data = folder.resolve("data");
        try (ChildJvm parent = start()) {
            parent.awaitReady();
            parent.watchdogs().forEach(ProcessHandle::destroyForcibly);
            parent.process().destroyForcibly();
            parent.awaitExit();
            List<ProcessHandle> orphans = parent.offspring();
            assertThat(orphans).isNotEmpty();

            try (BackingServices services = BackingServices.builder(data)
                    .postgres("embedded")
                    .redis("embedded")
                    .kafka("embedded")
                    .start()) {
                assertThat(orphans).noneMatch(GuardedProcess::runs);
                assertThat(services.redis().process().isAlive()).isTrue();
            }
        }
    }

    @Test
    void aSecondProcessIsRefusedTheDataFolderAndToldWhoHasIt() throws Exception {
        try (ChildJvm owner = start()) {
            owner.awaitReady();
            Path output = folder.resolve("output-2");
            try (ChildJvm second = ChildJvm.start(folder.resolve("data"), output, List.of())) {
                assertThat(second.awaitExit()).isEqualTo(1);

                assertThat(second.output())
                        .contains("is in use by process " + owner.process().pid())
                        .contains("--data-dir")
                        .doesNotContain("\tat ");
                assertThat(owner.process().isAlive()).isTrue();
            }
            assertThat(Files.readString(folder.resolve("data/redis/server.log")))
                    .doesNotContain("shutdown");
        }
    }

    private ChildJvm start() throws Exception {
        return ChildJvm.start(folder.resolve("data"), folder.resolve("output"), List.of());
    }

    /** What a shell runs in the background ignores Ctrl-C, and so does all it starts, this test included: hence the default. */
    private ChildJvm startAsGroupLeader() throws Exception {
        return ChildJvm.start(
                folder.resolve("data"), folder.resolve("output"), List.of("env", "--default-signal=INT", "setsid"));
    }

    private static void awaitNothingLeft(ChildJvm parent) {
        Awaitility.await()
                .atMost(GONE_WITHIN)
                .untilAsserted(() -> assertThat(parent.namesOfOffspring()).isEmpty());
    }
}
