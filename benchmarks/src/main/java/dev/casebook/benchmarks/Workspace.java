package dev.casebook.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The checked-out workspace: its folder and the modules that its parent pom names.
 *
 * @param modules folder names in the pom's order
 */
public record Workspace(Path root, List<String> modules) {
    private static final String ROOT_PROPERTY = "casebook.root";
    private static final String PACKAGE = "dev.casebook.benchmarks.";

    public Workspace {
        modules = List.copyOf(modules);
    }

    /**
     * Finds the workspace: what the launcher says, else the nearest folder upwards whose pom has modules.
     *
     * @throws IllegalStateException when there is none
     */
    public static Workspace locate() {
        @Nullable String told = System.getProperty(ROOT_PROPERTY);
        for (Path folder = Path.of(told == null ? "" : told).toAbsolutePath();
                folder != null;
                folder = folder.getParent()) {
            Path pom = folder.resolve("pom.xml");
            if (Files.isRegularFile(pom)) {
                List<String> modules = modulesOf(pom);
                if (!modules.isEmpty()) {
                    return new Workspace(folder, modules);
                }
            }
        }
        throw new IllegalStateException("run this inside the Casebook workspace, or through its ./casebook");
    }

    /**
     * The module of that name, or the only one whose name begins with it.
     *
     * @throws IllegalArgumentException naming the candidates when there is none or more than one
     */
    public String module(String prefix) {
        if (modules.contains(prefix)) {
            return prefix;
        }
        List<String> candidates =
                modules.stream().filter(module -> module.startsWith(prefix)).toList();
        if (candidates.size() == 1) {
            return candidates.getFirst();
        }
        throw new IllegalArgumentException(
                candidates.isEmpty()
                        ? "no module is called '" + prefix + "'; there are: " + String.join(", ", modules)
                        : "'" + prefix + "' may mean " + String.join(" or ", candidates));
    }

    /** The package of a module's benchmarks. */
    public static String packageOf(String module) {
        return PACKAGE + module.replace("-", "");
    }

    /** What the modules bring; a module without load scenarios and labs has none. */
    public List<CaseStudy> caseStudies() {
        return ServiceLoader.load(CaseStudy.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
    }

    /**
     * What one module brings.
     *
     * @throws IllegalArgumentException when it brings nothing
     */
    public CaseStudy caseStudy(String module) {
        return caseStudies().stream()
                .filter(study -> study.module().equals(module))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(module
                        + " has no load scenarios and no labs; these have: "
                        + String.join(
                                ", ",
                                caseStudies().stream().map(CaseStudy::module).toList())));
    }

    private static List<String> modulesOf(Path pom) {
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            Element project = factory.newDocumentBuilder().parse(pom.toFile()).getDocumentElement();
            NodeList elements = project.getElementsByTagName("module");
            List<String> modules = new ArrayList<>();
            for (int i = 0; i < elements.getLength(); i++) {
                modules.add(elements.item(i).getTextContent().strip());
            }
            return modules;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (ParserConfigurationException | SAXException failure) {
            throw new IllegalStateException("cannot read " + pom, failure);
        }
    }
}
