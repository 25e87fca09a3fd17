package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.DestinationPolicy.Verdict;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.Rejection.Reason;
import dev.casebook.urlshortener.link.UrlNormalizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationPoliciesTest {
    private static NormalizedUrl url(String typed) {
        return ((Checked.Accepted<NormalizedUrl>) new UrlNormalizer().normalize(typed)).value();
    }

    private static boolean allows(DestinationPolicy policy, String typed) {
        return policy.judge(url(typed)) instanceof Verdict.Allowed;
    }

    private static Reason denial(DestinationPolicy policy, String typed) {
        return ((Verdict.Denied) policy.judge(url(typed))).reason();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "javascript:alert(1)",
                "JAVASCRIPT:alert(1)",
                "data:text/html,<script>",
                "vbscript:x",
                "file:///etc/passwd",
                "blob:https://a/1",
                "ftp://a/"
            })
    void onlyNamedSchemesPass(String typed) {
        DestinationPolicy web = new SchemeAllowList(SchemeAllowList.WEB);

        assertThat(denial(web, typed)).isEqualTo(Reason.SCHEME_NOT_ALLOWED);
        assertThat(allows(web, "http://a/")).isTrue();
        assertThat(allows(web, "https://a/")).isTrue();
        assertThat(allows(new SchemeAllowList(Set.of("https", "mailto")), "mailto:a@b"))
                .isTrue();
    }

    @Test
    void linksToTheServiceItselfAreDenied() {
        DestinationPolicy loops = new OwnDomainLoops(() -> List.of("", "S.example", "127.0.0.1:8080"));

        assertThat(denial(loops, "https://s.EXAMPLE:8443/x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(denial(loops, "https://s.example./x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(denial(loops, "http://127.0.0.1:8080/x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(allows(loops, "http://127.0.0.1:9090/x")).isTrue();
        assertThat(allows(loops, "https://www.s.example/x")).isTrue();
    }

    @Test
    void blockedHostsIncludeTheirSubdomainsAndNoLookalikes() {
        Blocklist list = new Blocklist(() -> Set.of("evil.example", "xn--bcher-kva.example", "[2001:db8::1]"));
        assertThat(allows(list, "http://evil.example/")).as("not read yet").isTrue();
        assertThat(list.refresh()).isTrue();
        assertThat(list.refresh()).as("the same again").isFalse();

        assertThat(denial(list, "http://evil.example/")).isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(denial(list, "http://www.Evil.Example./")).isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(denial(list, "http://bücher.example/")).isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(denial(list, "http://[2001:db8:0::1]/")).isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(allows(list, "http://notevil.example/")).isTrue();
        assertThat(allows(list, "http://example/")).isTrue();
    }

    @Test
    void aListThatCannotBeReadStaysAsItWas() {
        boolean[] broken = {false};
        Blocklist list = new Blocklist(() -> {
            if (broken[0]) {
                throw new IllegalStateException("gone");
            }
            return Set.of("evil.example");
        });
        list.refresh();
        broken[0] = true;

        assertThatThrownBy(list::refresh).isInstanceOf(IllegalStateException.class);
        assertThat(allows(list, "http://evil.example/")).isFalse();
    }

    @Test
    void readsHostFilesOfBothCommonForms(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("hosts");
        Files.writeString(
                file, "# comment\n\nEvil.example # bad\n0.0.0.0 worse.example\n  127.0.0.1\tworst.example  \n");

        assertThat(BlockedHosts.file(file).read())
                .containsExactlyInAnyOrder("evil.example", "worse.example", "worst.example");
        assertThat(BlockedHosts.file(file).and(() -> Set.of("other.example")).read())
                .hasSize(4);
        assertThatThrownBy(() -> BlockedHosts.file(folder.resolve("missing")).read())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("missing");
    }

    @Test
    void policiesCombineAndTheFirstDenialCounts() {
        Blocklist list = new Blocklist(() -> Set.of("evil.example"));
        list.refresh();
        DestinationPolicy all = new SchemeAllowList(SchemeAllowList.WEB)
                .and(new OwnDomainLoops(() -> Set.of("s.example")))
                .and(list);

        assertThat(denial(all, "ftp://evil.example/")).isEqualTo(Reason.SCHEME_NOT_ALLOWED);
        assertThat(denial(all, "http://s.example/")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(denial(all, "http://evil.example/")).isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(allows(all, "http://good.example/")).isTrue();
    }
}
