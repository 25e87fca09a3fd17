package dev.casebook.benchmarks.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each rule on a workspace in small: it names what breaks it, and nothing else. */
class RulesTest {
    private static final String BASE = "dev.casebook.benchmarks.architecture.fixture";
    private static final Layout LAYOUT =
            new Layout(BASE, List.of("common", "backing-services", "alpha", "beta", "lsm-tree", "kv-store"));
    private static final JavaClasses FIXTURE = new ClassFileImporter().importPackages(BASE);

    @Test
    void aModuleMayNotUseOneBesideOrAboveIt() {
        assertThat(complaints(Rules.modulesUseOnlyWhatIsBelowThem(LAYOUT)))
                .isNotEmpty()
                .allMatch(complaint -> complaint.startsWith("alpha may not use beta")
                        || complaint.startsWith("common may not use backing-services")
                        || complaint.startsWith("lsm-tree may not use kv-store"))
                .anyMatch(complaint -> complaint.contains("ImportsAnotherCaseStudy"))
                .anyMatch(complaint -> complaint.contains("KnowsBacking"))
                .anyMatch(complaint -> complaint.contains("LooksUp"));
    }

    @Test
    void aPackageThatIsNoModulesIsNobodysToUse() {
        Layout withoutBeta = new Layout(BASE, List.of("common", "backing-services", "alpha", "lsm-tree", "kv-store"));

        assertThat(complaints(Rules.modulesUseOnlyWhatIsBelowThem(withoutBeta)))
                .anyMatch(complaint -> complaint.startsWith("alpha may not use " + BASE + ".beta"));
    }

    @Test
    void benchmarksMayUseEverythingAndNobodyMayUseIt() {
        Layout layout = new Layout(BASE, List.of("common", "benchmarks", "alpha"));

        assertThat(layout.mayUse("benchmarks", "alpha")).isTrue();
        assertThat(layout.mayUse("alpha", "benchmarks")).isFalse();
        assertThat(layout.mayUse("common", "benchmarks")).isFalse();
    }

    @Test
    void aClassOutsideOfItsModulesRootPackageIsNamed() {
        JavaClasses beta = new ClassFileImporter().importPackages(BASE + ".beta");

        assertThat(complaints(Rules.classesLiveBelowTheirModulesRootPackage(LAYOUT, "beta"), beta))
                .isEmpty();
        assertThat(complaints(Rules.classesLiveBelowTheirModulesRootPackage(LAYOUT, "alpha"), beta))
                .isNotEmpty()
                .allMatch(complaint -> complaint.contains("beta."));
    }

    @Test
    void aPeerInACaseStudyIsNamed() {
        assertThat(complaints(Rules.peersAreUsedOnlyByBenchmarks(Set.of("io.lettuce.core"))))
                .isNotEmpty()
                .allMatch(complaint -> complaint.contains("AlphaApp") || complaint.contains("RedisLinks"));
        assertThat(complaints(Rules.peersAreUsedOnlyByBenchmarks(Set.of("io.lettuce"))))
                .as("a package below a peer's is another package")
                .isEmpty();
    }

    @Test
    void jdbcInTheDomainIsNamedAlsoInANestedClass() {
        assertThat(complaints(Rules.technologyStaysAtTheEdges(LAYOUT, Technology.JDBC)))
                .singleElement()
                .asString()
                .contains("DomainWithJdbc$Nested", "is no edge to JDBC");
    }

    @Test
    void nettyInTheDomainOrInAStoreIsNamed() {
        assertThat(complaints(Rules.technologyStaysAtTheEdges(LAYOUT, Technology.NETTY)))
                .hasSize(2)
                .anyMatch(complaint -> complaint.contains("DomainWithNetty"))
                .anyMatch(complaint -> complaint.contains("RowsOverTheWire"));
    }

    @Test
    void anAdapterNamedAfterItsTechnologyAndACompositionRootMayTouchIt() {
        assertThat(complaints(Rules.technologyStaysAtTheEdges(LAYOUT, Technology.REDIS)))
                .isEmpty();
        assertThat(complaints(Rules.technologyStaysAtTheEdges(LAYOUT, Technology.KAFKA)))
                .isEmpty();
    }

    @Test
    void aCycleOfPackagesIsNamed() {
        assertThat(complaints(Rules.packagesHaveNoCycles(LAYOUT)))
                .anyMatch(complaint -> complaint.contains("alpha.inner") && complaint.contains("alpha.outer"))
                .noneMatch(complaint -> complaint.contains("alpha.store"));
    }

    @Test
    void aPackageWithoutPackageInfoIsNamedOnce() {
        assertThat(complaints(Rules.packagesAreNullMarked()))
                .singleElement()
                .asString()
                .contains("alpha.silent has no package-info.java");
    }

    @Test
    void javaUtilLoggingAndStandardStreamsAreNamed() {
        assertThat(complaints(Rules.servicesLogThroughSlf4j()))
                .isNotEmpty()
                .allMatch(complaint -> complaint.contains("TalksToOneself"));
        assertThat(complaints(Rules.servicesDoNotWriteToStandardStreams()))
                .isNotEmpty()
                .allMatch(complaint -> complaint.contains("TalksToOneself"));
    }

    @Test
    void bothWaysToSleepAreNamed() {
        assertThat(complaints(Rules.testsWaitOnConditions()))
                .hasSize(2)
                .allMatch(complaint -> complaint.contains("Sleepy"));
    }

    @Test
    void aClassNamedAfterNothingIsNamed() {
        assertThat(complaints(Rules.namesSayWhatAClassIs()))
                .singleElement()
                .asString()
                .contains("LinkUtils");
    }

    private static List<String> complaints(ArchRule rule) {
        return complaints(rule, FIXTURE);
    }

    private static List<String> complaints(ArchRule rule, JavaClasses classes) {
        return rule.evaluate(classes).getFailureReport().getDetails();
    }
}
