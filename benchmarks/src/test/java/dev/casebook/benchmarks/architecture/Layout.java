package dev.casebook.benchmarks.architecture;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which packages belong to which module, and which module may use which.
 *
 * @param base the package above all modules' root packages
 * @param modules folder names, as the parent pom has them
 */
record Layout(String base, List<String> modules) {
    /** Not its name without hyphens, because it is shorter and was there first. The one exception. */
    private static final Map<String, String> OTHER_ROOTS = Map.of("backing-services", "backing");

    /** May be used by everything above them, in this order: the second by nothing in the first. */
    private static final List<String> FOUNDATION = List.of("common", "backing-services");

    /** May use everything, and is used by nothing. */
    static final String EVIDENCE = "benchmarks";

    /** A case study that stands on another: the storage engine below the key-value store. */
    private static final Map<String, String> STANDS_ON = Map.of("kv-store", "lsm-tree");

    Layout {
        modules = List.copyOf(modules);
    }

    String rootOf(String module) {
        return base + "." + OTHER_ROOTS.getOrDefault(module, module.replace("-", ""));
    }

    /** The module whose root package is, or is above, {@code packageName}. */
    Optional<String> moduleOf(String packageName) {
        return modules.stream()
                .filter(module -> packageName.equals(rootOf(module)) || packageName.startsWith(rootOf(module) + "."))
                .max(Comparator.comparingInt(module -> rootOf(module).length()));
    }

    /** Everything that is neither foundation nor evidence. */
    List<String> caseStudies() {
        return modules.stream()
                .filter(module -> !FOUNDATION.contains(module) && !module.equals(EVIDENCE))
                .toList();
    }

    boolean mayUse(String module, String used) {
        if (module.equals(used) || module.equals(EVIDENCE)) {
            return true;
        }
        int level = FOUNDATION.indexOf(module);
        Set<String> below = Set.copyOf(level < 0 ? FOUNDATION : FOUNDATION.subList(0, level));
        return below.contains(used) || used.equals(STANDS_ON.get(module));
    }
}
