package dev.casebook.benchmarks;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.load.LoadScenario;
import java.net.URI;
import java.util.List;

/**
 * What a module brings to be loaded and experimented with. One class per module in
 * {@code dev.casebook.benchmarks.<module without hyphens>}, named in {@code META-INF/services}; the commands find it
 * there and nothing else lists modules. Its constructor and methods must do no work.
 *
 * <p>JMH benchmarks need no mention: they are found by their package.
 */
public interface CaseStudy {
    /** The module's folder, e.g. "url-shortener". */
    String module();

    /** Where the service answers when it was started without options. */
    default URI defaultUri() {
        return URI.create("http://127.0.0.1:8080");
    }

    /** Kinds of load that make sense for it, the default first. */
    default List<LoadScenario> loadScenarios() {
        return List.of();
    }

    /** Its experiments, in the order in which a reader should meet them. */
    default List<Lab> labs() {
        return List.of();
    }
}
