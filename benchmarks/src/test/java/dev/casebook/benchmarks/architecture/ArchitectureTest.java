package dev.casebook.benchmarks.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import dev.casebook.benchmarks.Workspace;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every module's classes against the rules. They are read from the modules' {@code target} folders, so a new module is under them by being in the pom. */
class ArchitectureTest {
    /** What benchmarks measures with, as opposed to what it measures. */
    private static final Set<String> TOOLS_OF_MEASURING = Set.of("jmh-core", "HdrHistogram");

    private static final Workspace WORKSPACE = Workspace.locate();
    private static final Layout LAYOUT = new Layout("dev.casebook", WORKSPACE.modules());

    private static JavaClasses main;
    private static JavaClasses tests;

    @BeforeAll
    static void readClasses() {
        main = read("classes");
        tests = read("test-classes").that(inPackages(name -> !name.contains(".architecture.fixture")));
    }

    @Test
    void findsEveryModulesClasses() {
        for (String module : WORKSPACE.modules()) {
            assertThat(classesOf(module)).as(module).isNotEmpty();
        }
    }

    @Test
    void modulesUseOnlyWhatIsBelowThem() {
        Rules.modulesUseOnlyWhatIsBelowThem(LAYOUT).check(main);
    }

    @TestFactory
    Stream<DynamicTest> classesLiveBelowTheirModulesRootPackage() {
        return WORKSPACE.modules().stream()
                .map(module -> DynamicTest.dynamicTest(
                        module,
                        () -> Rules.classesLiveBelowTheirModulesRootPackage(LAYOUT, module)
                                .check(classesOf(module))));
    }

    @Test
    void peersAreUsedOnlyByBenchmarks() throws Exception {
        Set<String> peers = new HashSet<>();
        for (Pom.Dependency dependency : pom(Layout.EVIDENCE).dependencies()) {
            if (!dependency.isForTests()
                    && !dependency.group().equals("dev.casebook")
                    && !TOOLS_OF_MEASURING.contains(dependency.artifact())) {
                peers.add(dependency.artifact());
            }
        }
        assertThat(peers).isNotEmpty();
        for (String module : WORKSPACE.modules()) {
            if (!module.equals(Layout.EVIDENCE)) {
                assertThat(pom(module).dependencies())
                        .as("dependencies of " + module + " that benchmarks compares with")
                        .noneMatch(dependency -> !dependency.isForTests() && peers.contains(dependency.artifact()));
            }
        }
        Rules.peersAreUsedOnlyByBenchmarks(packagesOf(peers)).check(allBut(Layout.EVIDENCE));
    }

    @TestFactory
    Stream<DynamicTest> technologyStaysAtTheEdges() {
        return Technology.ALL.stream()
                .map(technology -> DynamicTest.dynamicTest(
                        technology.name(),
                        () -> Rules.technologyStaysAtTheEdges(LAYOUT, technology)
                                .allowEmptyShould(true)
                                .check(main)));
    }

    /** A word that no module needs any more would let somebody use it for nothing. */
    @Test
    void everyEdgeIsNeeded() {
        for (Technology technology : Technology.ALL) {
            for (String edge : technology.packages()) {
                assertThat(main.stream()
                                .map(JavaClass::getPackageName)
                                .filter(name -> LAYOUT.moduleOf(name)
                                        .filter(LAYOUT.caseStudies()::contains)
                                        .isPresent()))
                        .as("packages for which " + technology.name() + " has the edge")
                        .anyMatch(name -> name.endsWith("." + edge));
            }
        }
    }

    @Test
    void packagesHaveNoCycles() {
        Rules.packagesHaveNoCycles(LAYOUT).check(main);
    }

    @Test
    void packagesAreNullMarked() {
        Rules.packagesAreNullMarked().check(main);
    }

    @TestFactory
    Stream<DynamicTest> services() {
        JavaClasses services = allBut(Layout.EVIDENCE);
        return Stream.of(Rules.servicesLogThroughSlf4j(), Rules.servicesDoNotWriteToStandardStreams())
                .map(rule -> check(rule, services));
    }

    @Test
    void testsWaitOnConditions() {
        Rules.testsWaitOnConditions().check(tests);
    }

    @TestFactory
    Stream<DynamicTest> namesSayWhatAClassIs() {
        ArchRule rule = Rules.namesSayWhatAClassIs();
        return Stream.of(
                DynamicTest.dynamicTest("main", () -> rule.check(main)),
                DynamicTest.dynamicTest("tests", () -> rule.check(tests)));
    }

    private static DynamicTest check(ArchRule rule, JavaClasses classes) {
        return DynamicTest.dynamicTest(rule.getDescription(), () -> rule.check(classes));
    }

    private static JavaClasses read(String folder) {
        List<Path> folders = WORKSPACE.modules().stream()
                .map(module ->
                        WORKSPACE.root().resolve(module).resolve("target").resolve(folder))
                .toList();
        assertThat(folders)
                .as("classes of every module: build them all, as mvn verify in the workspace's folder does")
                .filteredOn(each -> folder.equals("classes"))
                .allMatch(Files::isDirectory);
        return new ClassFileImporter()
                .importPaths(folders.stream().filter(Files::isDirectory).toList());
    }

    private static JavaClasses classesOf(String module) {
        Path folder = WORKSPACE.root().resolve(module).resolve("target/classes");
        return new ClassFileImporter().importPath(folder);
    }

    private static JavaClasses allBut(String module) {
        String root = LAYOUT.rootOf(module);
        return main.that(inPackages(name -> !(name + ".").startsWith(root + ".")));
    }

    private static DescribedPredicate<JavaClass> inPackages(Predicate<String> wanted) {
        return DescribedPredicate.describe("in certain packages", type -> wanted.test(type.getPackageName()));
    }

    private static Pom pom(String module) throws Exception {
        return Pom.of(WORKSPACE.root().resolve(module));
    }

    /** The packages in the jars of these artifacts, which are on this test's class path because benchmarks depends on them. */
    private static Set<String> packagesOf(Set<String> artifacts) throws Exception {
        Set<String> packages = new HashSet<>();
        for (String artifact : artifacts) {
            List<String> jars = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                    .filter(entry -> Path.of(entry).getFileName().toString().matches(artifact + "-\\d.*\\.jar"))
                    .toList();
            assertThat(jars).as("jar of " + artifact).hasSize(1);
            try (JarFile jar = new JarFile(jars.getFirst())) {
                jar.stream()
                        .map(entry -> entry.getName())
                        .filter(name -> name.endsWith(".class") && name.contains("/") && !name.startsWith("META-INF"))
                        .map(name -> name.substring(0, name.lastIndexOf('/')).replace('/', '.'))
                        .forEach(packages::add);
            }
        }
        return packages;
    }
}
