package dev.casebook.benchmarks.architecture;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.NodeList;

/** The dependencies that a module's pom declares itself, those of its profiles left out. */
record Pom(List<Dependency> dependencies) {
    record Dependency(String group, String artifact, String scope) {
        boolean isForTests() {
            return scope.equals("test");
        }
    }

    Pom {
        dependencies = List.copyOf(dependencies);
    }

    static Pom of(Path module) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Element project = factory.newDocumentBuilder()
                .parse(module.resolve("pom.xml").toFile())
                .getDocumentElement();
        List<Dependency> dependencies = new ArrayList<>();
        children(project, "dependencies")
                .flatMap(list -> children(list, "dependency"))
                .forEach(dependency -> dependencies.add(new Dependency(
                        text(dependency, "groupId"), text(dependency, "artifactId"), text(dependency, "scope"))));
        return new Pom(dependencies);
    }

    private static Stream<Element> children(Element parent, String name) {
        NodeList nodes = parent.getChildNodes();
        return IntStream.range(0, nodes.getLength())
                .<Node>mapToObj(nodes::item)
                .filter(node -> node.getNodeName().equals(name))
                .map(Element.class::cast);
    }

    private static String text(Element parent, String name) {
        return children(parent, name)
                .map(child -> child.getTextContent().strip())
                .findFirst()
                .orElse("");
    }
}
