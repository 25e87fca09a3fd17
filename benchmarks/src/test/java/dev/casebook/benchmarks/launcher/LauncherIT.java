package dev.casebook.benchmarks.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.casebook.benchmarks.Workspace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The launcher in a workspace of its own, whose path has a space in it, on a machine whose JDKs and Maven are small scripts: they say what they were asked for.
 * The one change to the launcher's text is the system's folder of JDKs, because this machine's own would be found there.
 */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {
    private static final String SYSTEM_JDKS = "/usr/lib/jvm/";

    /** What the launcher may count on, apart from bash's own. */
    private static final String TOOLS =
            "bash cat cp date dirname env find grep head mkdir mv readlink rm sed sh sleep tail touch tr";

    @TempDir
    Path temporary;

    private Path root;
    private Path jdks;
    private Path home;
    private Path bin;
    private Path launcher;

    @BeforeEach
    void aWorkspaceOfThreeModules() throws IOException {
        root = Files.createDirectory(temporary.resolve("a work space"));
        jdks = Files.createDirectory(temporary.resolve("jvm"));
        home = Files.createDirectory(temporary.resolve("home"));
        bin = Files.createDirectory(temporary.resolve("bin"));
        Path original = Workspace.locate().root().resolve("casebook");
        String text = Files.readString(original);
        assertThat(text).contains(SYSTEM_JDKS);
        launcher = Shell.script(root.resolve("casebook"), text.replace(SYSTEM_JDKS, jdks + "/"));
        Files.writeString(root.resolve("pom.xml"), """
                <project>
                  <modules>
                    <module>common</module>
                    <module>chat-system</module>
                    <module>chess-server</module>
                    <module>benchmarks</module>
                  </modules>
                  <properties>
                    <casebook.main.class/>
                    <casebook.java.options>-Doption=of-parent</casebook.java.options>
                  </properties>
                </project>
                """);
        module("common", "What all share", "");
        module("chat-system", "Messages in order", "dev.casebook.chat.App");
        module("chess-server", "Games between strangers", "dev.casebook.chess.App");
        module("benchmarks", "Measures", "dev.casebook.benchmarks.Benchmarks");
        jdk(jdks.resolve("jdk-25"), "25.0.1");
        maven("3.9.9");
    }

    @Test
    void saysWhatThereIs() throws Exception {
        Shell.Result result = shell().run(launcher);

        assertThat(result.status()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out())
                .contains("chat-system          Messages in order", "chess-server         Games between strangers")
                .contains("run MODULE", "load MODULE", "bench ", "lab MODULE", "test ", "completion");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "-h", "help"})
    void helpIsTheSame(String help) throws Exception {
        assertThat(shell().run(launcher, help).out())
                .isEqualTo(shell().run(launcher).out());
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "test", "format", "completion"})
    void everyCommandOfItsOwnHasHelp(String command) throws Exception {
        Shell.Result result = shell().run(launcher, command, "--help");

        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("Usage: casebook " + command);
    }

    @ParameterizedTest
    @ValueSource(strings = {"load", "bench", "lab", "report"})
    void whatIsMeasuredGoesToBenchmarksWithItsName(String command) throws Exception {
        Shell.Result result = shell().run(launcher, command, "chat", "--rate", "5");

        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("dev.casebook.benchmarks.Benchmarks " + command + " chat --rate 5");
    }

    @Test
    void withoutAJdkItSaysInOneSentenceWhatToDo() throws Exception {
        Files.move(jdks.resolve("jdk-25"), temporary.resolve("jdk-25-elsewhere"));
        jdk(jdks.resolve("jdk-17"), "17.0.15");

        Shell.Result result = shell().run(launcher, "run", "chat");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).isEmpty();
        assertThat(result.err().lines())
                .singleElement()
                .asString()
                .contains("needs a JDK 25 or newer", "JAVA_HOME", "https://adoptium.net");
    }

    @Test
    void aJreOrAnOlderDefaultIsPassedOverForTheJdkInTheSystemsFolder() throws Exception {
        Path old = jdk(temporary.resolve("java-17"), "17.0.15");
        Files.createSymbolicLink(bin.resolve("java"), old.resolve("bin/java"));
        Path runtimeOnly = jdk(jdks.resolve("a-jre-26"), "26");
        Files.delete(runtimeOnly.resolve("bin/javac"));

        Shell.Result result = shell().with("JAVA_HOME", old.toString()).run(launcher, "run", "chat");

        assertThat(result.out()).contains("java of " + jdks.resolve("jdk-25"));
    }

    @Test
    void javaHomeComesFirst() throws Exception {
        Path mine = jdk(temporary.resolve("my jdk"), "26.0.1");

        Shell.Result result = shell().with("JAVA_HOME", mine.toString()).run(launcher, "run", "chat");

        assertThat(result.out()).contains("java of " + mine);
    }

    @Test
    void mavenCompilesWithTheJdkThatWasFound() throws Exception {
        shell().run(launcher, "run", "chat");

        assertThat(root.resolve("target/asked-of-maven"))
                .content()
                .contains("JAVA25_HOME=" + jdks.resolve("jdk-25"))
                .contains("-Dquick", "-pl chat-system -am package");
    }

    @Test
    void withoutMavenItSaysHowToGetIt() throws Exception {
        Files.delete(bin.resolve("mvn"));

        Shell.Result result = shell().run(launcher, "run", "chat");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().lines()).singleElement().asString().contains("needs Maven (mvn) 3.8.7", "apt-get");
    }

    @Test
    void anOldMavenIsRefusedWithItsVersion() throws Exception {
        maven("3.6.3");

        Shell.Result result = shell().run(launcher, "run", "chat");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("3.8.7 or newer", "is 3.6.3");
    }

    @Test
    void startsAModuleByTheBeginningOfItsNameWithOptionsAndItsFolder() throws Exception {
        Shell.Result result = shell().with("CASEBOOK_JAVA_OPTIONS", "-Xmx1g -Da=b")
                .run(launcher, "run", "chat", "--http-port", "9 000");

        assertThat(result.status()).isZero();
        assertThat(result.out())
                .contains("-Doption=of-parent -Dcasebook.root=" + root + " -Xmx1g -Da=b -cp ")
                .contains("dev.casebook.chat.App --http-port 9 000\n")
                .contains("data=" + root + "/data/chat-system\n");
    }

    @Test
    void theStatusOfTheServiceIsThatOfTheLauncher() throws Exception {
        assertThat(shell().run(launcher, "run", "chat", "--fail").status()).isEqualTo(41);
    }

    @Test
    void aBeginningOfTwoNamesIsAskedBackAndANameOfNoneTellsAll() throws Exception {
        Shell.Result two = shell().run(launcher, "run", "ch");
        Shell.Result none = shell().run(launcher, "run", "video");

        assertThat(two.status()).isEqualTo(2);
        assertThat(two.err()).isEqualTo("casebook: 'ch' may mean chat-system or chess-server\n");
        assertThat(none.status()).isEqualTo(2);
        assertThat(none.err())
                .isEqualTo("casebook: no module is called 'video'; there are: chat-system chess-server\n");
    }

    @Test
    void whatCannotBeRunIsNotOffered() throws Exception {
        assertThat(shell().run(launcher, "run", "common").err())
                .contains("no module is called 'common'")
                .doesNotContain("benchmarks");
    }

    @Test
    void anUnknownCommandAndAnOptionBeforeTheModuleAreRefused() throws Exception {
        Shell.Result command = shell().run(launcher, "dance");
        Shell.Result option = shell().run(launcher, "run", "--http-port", "9000");

        assertThat(command.status()).isEqualTo(2);
        assertThat(command.err()).contains("'dance'", "--help");
        assertThat(option.status()).isEqualTo(2);
        assertThat(option.err()).contains("module first");
    }

    @Test
    void runWithoutAModuleExplainsAndFails() throws Exception {
        Shell.Result result = shell().run(launcher, "run");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.out()).contains("Modules: chat-system chess-server");
    }

    @Test
    void aFailedBuildShowsMavensErrorsAndWhereTheRestIs() throws Exception {
        Shell.script(
                bin.resolve("mvn"),
                "[ \"$1\" = --version ] && echo 'Apache Maven 3.9.9' && exit\necho '[INFO] Scanning'\necho '[ERROR] cannot find symbol'\nexit 1\n");

        Shell.Result result = shell().run(launcher, "run", "chat");

        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("[ERROR] cannot find symbol", root + "/target/casebook-build.log");
        assertThat(root.resolve("target/casebook.lock")).doesNotExist();
    }

    @Test
    void buildsOnceAndAgainAfterAChangeOfWhatItIsMadeOf() throws Exception {
        Path asked = root.resolve("target/asked-of-maven");
        shell().run(launcher, "run", "chat");
        Files.delete(asked);

        shell().run(launcher, "run", "chat");
        assertThat(asked).as("nothing has changed").doesNotExist();

        Path source =
                Files.createDirectories(root.resolve("common/src/main/java")).resolve("New.java");
        Files.writeString(source, "final class New {}");
        shell().run(launcher, "run", "chat");
        assertThat(asked).as("a source of a module it is built from has").exists();
    }

    @Test
    void worksThroughALinkFromAnotherFolder() throws Exception {
        Path link = Files.createSymbolicLink(bin.resolve("cb"), launcher);

        Shell.Result result = shell().run(link, "run", "chat");

        assertThat(result.out()).contains("-Dcasebook.root=" + root);
    }

    @Test
    void aCheckoutThatCannotBeWrittenIsAnErrorThatSaysSo() throws Exception {
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assumeTrue(!Files.isWritable(root), "root may write everywhere");
            Shell.Result result = shell().run(launcher, "run", "chat");

            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err().lines()).singleElement().asString().contains("cannot write", root.toString());
        } finally {
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    @Test
    void testRunsTheWholeGateOrOneModuleOfIt() throws Exception {
        shell().run(launcher, "test");
        assertThat(root.resolve("target/asked-of-maven")).content().contains("asked: verify\n");

        shell().run(launcher, "test", "chess", "-Psoak");
        assertThat(root.resolve("target/asked-of-maven"))
                .content()
                .contains("asked: -pl chess-server -am -Psoak verify\n");
    }

    @Test
    void completesCommandsAndModules() throws Exception {
        String completed = completion("run", "ch") + completion("t");

        assertThat(completed).isEqualTo("chat-system\nchess-server\ntest\n");
    }

    @Test
    void noColourIsWrittenWhereNobodyLooks() throws Exception {
        Shell.Result result = shell().with("TERM", "xterm-256color").run(launcher, "run", "chat");

        assertThat(result.out() + result.err()).doesNotContain("\033");
    }

    private String completion(String... words) throws Exception {
        Path script = Shell.script(
                temporary.resolve("complete"),
                "cd '" + root
                        + "'\neval \"$(./casebook completion)\"\nCOMP_WORDS=(./casebook \"$@\")\nCOMP_CWORD=$#\n_casebook\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
        Shell.Result result = shell().run(script, words);
        assertThat(result.err()).isEmpty();
        return result.out();
    }

    private Shell shell() throws IOException {
        return new Shell(temporary).with("PATH", bin + ":" + toolsOnly()).with("HOME", home.toString());
    }

    /** The system's programs without its Java and Maven. */
    private Path toolsOnly() throws IOException {
        Path tools = temporary.resolve("tools");
        if (!Files.exists(tools)) {
            Files.createDirectory(tools);
            for (String tool : TOOLS.split(" ", -1)) {
                Path usual = Path.of("/usr/bin", tool);
                Files.createSymbolicLink(tools.resolve(tool), Files.exists(usual) ? usual : Path.of("/bin", tool));
            }
        }
        return tools;
    }

    private void module(String name, String description, String mainClass) throws IOException {
        Path folder = Files.createDirectory(root.resolve(name));
        Files.writeString(folder.resolve("pom.xml"), """
                <project>
                  <artifactId>%s</artifactId>
                  <description>%s</description>
                  <properties><casebook.main.class>%s</casebook.main.class></properties>
                  <dependencies>
                    <dependency><groupId>dev.casebook</groupId><artifactId>common</artifactId></dependency>
                  </dependencies>
                </project>
                """.formatted(name, description, mainClass));
    }

    private static Path jdk(Path folder, String version) throws IOException {
        Shell.script(
                folder.resolve("bin/java"),
                "echo \"java of " + folder
                        + "\"\necho \"asked: $*\"\necho \"data=$CASEBOOK_DATA_DIR\"\ncase \"$*\" in *--fail*) exit 41 ;; esac\n");
        Shell.script(folder.resolve("bin/javac"), "exit 0\n");
        Files.writeString(folder.resolve("release"), "IMPLEMENTOR=\"Somebody\"\nJAVA_VERSION=\"" + version + "\"\n");
        return folder;
    }

    /** Leaves what a build leaves, and in {@code target/asked-of-maven} what it was asked for. */
    private void maven(String version) throws IOException {
        Shell.script(bin.resolve("mvn"), """
                if [ "$1" = --version ]; then echo 'Apache Maven %s'; exit; fi
                mkdir -p target
                { echo "asked: $*"; env; } > target/asked-of-maven
                for module in common chat-system chess-server benchmarks; do
                  mkdir -p "$module/target"
                  : > "$module/target/$module-0.1.0.jar"
                  echo "/repository/library.jar:$PWD/common/target/common-0.1.0.jar" > "$module/target/runtime.classpath"
                done
                """.formatted(version));
    }
}
