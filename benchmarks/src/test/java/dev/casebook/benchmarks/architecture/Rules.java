package dev.casebook.benchmarks.architecture;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.NullMarked;

/** The rules, each for whatever layout it is given, so that they can be shown to fail on small wrong ones. */
final class Rules {
    /** Words that say that nobody knew what a class is. */
    private static final String VAGUE = ".*(Manager|Helper|Utils?|Impl)(?![a-z]).*";

    private static final String GENERATED = "jmh_generated";

    private Rules() {}

    /** ARCHITECTURE: who may import whom. */
    static ArchRule modulesUseOnlyWhatIsBelowThem(Layout layout) {
        return classes()
                .should(each("use only modules that are below their own", (type, complain) -> {
                    String module = layout.moduleOf(type.getPackageName()).orElse("");
                    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                        String target = packageOf(dependency.getTargetClass());
                        if (!isBelow(layout.base(), target)) {
                            continue;
                        }
                        Optional<String> used = layout.moduleOf(target);
                        if (used.isEmpty() || !layout.mayUse(module, used.get())) {
                            complain.accept(module + " may not use " + used.orElse(target) + ": "
                                    + dependency.getDescription());
                        }
                    }
                }))
                .as("A case study uses common and backing-services, never another case study; nothing uses benchmarks");
    }

    static ArchRule classesLiveBelowTheirModulesRootPackage(Layout layout, String module) {
        return classes()
                .should()
                .resideInAPackage(layout.rootOf(module) + "..")
                .as("The classes of " + module + " live in " + layout.rootOf(module));
    }

    static ArchRule peersAreUsedOnlyByBenchmarks(Set<String> packagesOfPeers) {
        return classes()
                .should(each("use no peer", (type, complain) -> {
                    for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                        if (packagesOfPeers.contains(packageOf(dependency.getTargetClass()))) {
                            complain.accept(dependency.getDescription());
                        }
                    }
                }))
                .as("What a case study is compared with is a dependency of benchmarks alone");
    }

    /** STYLE: the domain is plain Java. */
    static ArchRule technologyStaysAtTheEdges(Layout layout, Technology technology) {
        return classes()
                .that(belongToACaseStudy(layout))
                .should(each("touch " + technology.name() + " only at an edge", (type, complain) -> {
                    String name = type.getPackageName();
                    boolean edge = technology.hasEdge(name, outermost(type).getSimpleName())
                            || layout.caseStudies().stream().map(layout::rootOf).anyMatch(name::equals);
                    if (edge) {
                        return;
                    }
                    type.getDirectDependenciesFromSelf().stream()
                            .filter(dependency -> technology.owns(packageOf(dependency.getTargetClass())))
                            .findFirst()
                            .ifPresent(dependency -> complain.accept(name + " is no edge to " + technology.name() + ": "
                                    + dependency.getDescription() + " (edges are explained in Technology)"));
                }))
                .as("The domain has no types of " + technology.name());
    }

    static ArchRule packagesHaveNoCycles(Layout layout) {
        return slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass type) {
                        return layout.moduleOf(packageOf(type)).isPresent()
                                ? SliceIdentifier.of(packageOf(type))
                                : SliceIdentifier.ignore();
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                .as("No two packages need each other");
    }

    static ArchRule packagesAreNullMarked() {
        Set<String> said = new HashSet<>();
        return classes()
                .that(are(written()))
                .should(each("be in a package that says what lives there", (type, complain) -> {
                    boolean marked = type.getPackage()
                            .tryGetPackageInfo()
                            .filter(info -> info.isAnnotatedWith(NullMarked.class))
                            .isPresent();
                    if (!marked && said.add(type.getPackageName())) {
                        complain.accept(type.getPackageName() + " has no package-info.java with @NullMarked");
                    }
                }))
                .as("Every package has a package-info.java with @NullMarked");
    }

    static ArchRule servicesLogThroughSlf4j() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging")
                .as("Services log through SLF4J, not java.util.logging");
    }

    static ArchRule servicesDoNotWriteToStandardStreams() {
        return GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.as(
                "Services print through picocli's writer and log through SLF4J, not System.out or System.err");
    }

    static ArchRule testsWaitOnConditions() {
        return noClasses()
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "it sleeps",
                        call -> call.getTarget().getName().equals("sleep")
                                && (call.getTargetOwner().isEquivalentTo(Thread.class)
                                        || call.getTargetOwner().isEquivalentTo(TimeUnit.class))))
                .as("Tests wait on conditions (Awaitility) and never sleep");
    }

    static ArchRule namesSayWhatAClassIs() {
        return classes()
                .that(are(written()))
                .should(each("be named after what they are", (type, complain) -> {
                    if (type.getSimpleName().matches(VAGUE)) {
                        complain.accept(type.getName() + " is named after nothing");
                    }
                }))
                .as("No class is a Manager, Helper, Util or Impl");
    }

    private static DescribedPredicate<JavaClass> belongToACaseStudy(Layout layout) {
        return DescribedPredicate.describe(
                "belong to a case study",
                type -> layout.moduleOf(type.getPackageName())
                        .filter(layout.caseStudies()::contains)
                        .isPresent());
    }

    private static DescribedPredicate<JavaClass> written() {
        return DescribedPredicate.describe(
                "written by somebody", type -> !type.getPackageName().endsWith(GENERATED));
    }

    private static ArchCondition<JavaClass> each(String description, BiConsumer<JavaClass, Consumer<String>> check) {
        return new ArchCondition<>(description) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                check.accept(type, complaint -> events.add(SimpleConditionEvent.violated(type, complaint)));
            }
        };
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(Rules::outermost).orElse(type);
    }

    /** An array's package is that of what is in it. */
    private static String packageOf(JavaClass type) {
        return type.getBaseComponentType().getPackageName();
    }

    private static boolean isBelow(String base, String packageName) {
        return packageName.startsWith(base + ".");
    }
}
