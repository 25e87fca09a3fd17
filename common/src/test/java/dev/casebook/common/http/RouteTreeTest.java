package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.common.http.RouteTree.Match;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which template a path belongs to. The target of a route is its own template, so that a match names itself. */
final class RouteTreeTest {
    private static RouteTree<String> tree(String... templates) {
        RouteTree<String> tree = new RouteTree<>();
        for (String template : templates) {
            tree.add(HttpMethod.GET, template, template);
        }
        return tree;
    }

    @ParameterizedTest
    @CsvSource({
        "/, /",
        "/new, /new",
        "/abc, /{code}",
        "/abc+, /{code}+",
        "/abc%2B, /{code}",
        "/abc%2b, /{code}",
        "/%61bc+, /{code}+",
        "/abc%2Epng, /{code}.png",
        "/abc.png, /{code}.png",
        "/+, /{code}",
        "/qr-abc, /qr-{code}",
        "/abc/qr-code, /{code}/qr-code",
        "/new/qr-code, /{code}/qr-code",
        "/new/stats, /new/stats",
        "/files/a/b/c, /files/{path...}",
        "/files/, /files/{path...}",
        "/files/list, /files/list",
        "/n%65w, /new",
    })
    void prefersLiteralsThenLongerPatternsThenTheRest(String path, String template) {
        RouteTree<String> tree = tree(
                "/",
                "/{code}",
                "/new",
                "/{code}+",
                "/{code}.png",
                "/qr-{code}",
                "/{code}/qr-code",
                "/new/stats",
                "/files/{path...}",
                "/files/list");

        assertThat(tree.match(HttpMethod.GET, path))
                .isInstanceOfSatisfying(
                        Match.Found.class, found -> assertThat(found.target()).isEqualTo(template));
    }

    @Test
    void decodesParametersSegmentBySegment() {
        RouteTree<String> tree = tree("/{a}/x", "/files/{path...}");

        assertThat(tree.match(HttpMethod.GET, "/a%2Fb+%20%C3%BC/x"))
                .isEqualTo(new Match.Found<>("/{a}/x", Map.of("a", "a/b+ ü")));
        assertThat(tree.match(HttpMethod.GET, "/files/a%2Fb/%C3%BC+"))
                .isEqualTo(new Match.Found<>("/files/{path...}", Map.of("path", "a/b/ü+")));
    }

    /** RFC 3986 section 2.2: percent-encoding a reserved character makes another path of it. */
    @Test
    void anEscapedReservedCharacterBelongsToTheParameterAndIsDecodedOnce() {
        RouteTree<String> tree = tree("/{code}+", "/{code}", "/a+b");

        assertThat(tree.match(HttpMethod.GET, "/abc%2B"))
                .isEqualTo(new Match.Found<>("/{code}", Map.of("code", "abc+")));
        assertThat(tree.match(HttpMethod.GET, "/abc%2B+"))
                .isEqualTo(new Match.Found<>("/{code}+", Map.of("code", "abc+")));
        assertThat(tree.match(HttpMethod.GET, "/abc%252B"))
                .isEqualTo(new Match.Found<>("/{code}", Map.of("code", "abc%2B")));
        assertThat(tree.match(HttpMethod.GET, "/a%2Bb")).isEqualTo(new Match.Found<>("/{code}", Map.of("code", "a+b")));
        assertThat(tree.match(HttpMethod.GET, "/a+b")).isEqualTo(new Match.Found<>("/a+b", Map.of()));
    }

    @Test
    void knowsNothingElse() {
        RouteTree<String> tree = tree("/a", "/{code}/b");

        for (String path : new String[] {"/", "/A", "/a/", "//b", "/x", "/x/b/c"}) {
            assertThat(tree.match(HttpMethod.GET, path)).as(path).isEqualTo(new Match.Nothing<>());
        }
        assertThat(tree.match(HttpMethod.OPTIONS, "*")).isEqualTo(new Match.Nothing<>());
    }

    @Test
    void namesTheOtherMethodsOfAPath() {
        RouteTree<String> tree = tree("/a", "/{code}");
        tree.add(HttpMethod.PUT, "/a", "put");
        tree.add(HttpMethod.DELETE, "/{code}", "delete");

        assertThat(tree.match(HttpMethod.POST, "/a"))
                .isEqualTo(new Match.OtherMethods<>(Set.of("GET", "HEAD", "PUT", "DELETE")));
        assertThat(tree.match(HttpMethod.DELETE, "/a")).isEqualTo(new Match.Found<>("delete", Map.of("code", "a")));
        assertThat(tree.match(HttpMethod.HEAD, "/a")).isEqualTo(new Match.Found<>("/a", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%4", "/%zz", "/%C3", "/%C3%28", "/a%", "a", "a/b", "*", "", "?a"})
    void refusesWhatIsNoPathOrIsNotEncodedWell(String path) {
        RouteTree<String> tree = tree("/{code}");

        assertThatThrownBy(() -> tree.match(HttpMethod.GET, path))
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> assertThat(e.problem().status()).isEqualTo(400));
    }

    @Test
    void boundsTheSegmentsOfAPath() {
        RouteTree<String> tree = tree("/{path...}");

        assertThatThrownBy(() -> tree.match(HttpMethod.GET, "/a".repeat(65))).isInstanceOf(ProblemException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "/{", "/{a", "/a}", "/{a}{b}", "/{}", "/{a...}/b", "/x{a...}", "/{a b}"})
    void refusesAMalformedTemplate(String template) {
        assertThatIllegalArgumentException().isThrownBy(() -> tree(template)).withMessageContaining(template);
    }

    @Test
    void refusesTheSameRouteTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> tree("/{a}", "/{b}"))
                .withMessageContaining("GET /{b}");
    }
}
