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
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    private static OwnDomainLoops loops(String publicUrl, Set<String> domains, @Nullable NodeAddress node) {
        return new OwnDomainLoops(() -> URI.create(publicUrl), domains::contains, () -> Optional.ofNullable(node));
    }

    @Test
    void linksToTheAddressOfVisitorsAreDenied() {
        DestinationPolicy named = loops("https://S.example", Set.of(), null);
        assertThat(denial(named, "https://s.EXAMPLE:8443/x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(denial(named, "https://s.example./x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(allows(named, "https://www.s.example/x")).isTrue();
        assertThat(denial(loops("https://s.example:443", Set.of(), null), "http://s.example/"))
                .isEqualTo(Reason.DESTINATION_LOOPS);

        DestinationPolicy numbered = loops("http://127.0.0.1:8080", Set.of(), null);
        assertThat(denial(numbered, "http://127.0.0.1:8080/x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(allows(numbered, "http://127.0.0.1:9090/x")).isTrue();
    }

    @Test
    void linksToCustomDomainsAreDeniedAtEveryPortAndTheirNeighboursAreNot() {
        DestinationPolicy loops =
                loops("https://s.example", Set.of("", "brand.example", "xn--bcher-kva.example"), null);

        assertThat(denial(loops, "https://Brand.example:8443/x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(denial(loops, "https://bücher.example/x")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(allows(loops, "https://www.brand.example/x")).isTrue();
        assertThat(allows(loops, "mailto:a@b")).as("no host").isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, http://localhost:8080/x, true",
        "127.0.0.1, http://LOCALHOST.:8080/x, true",
        "127.0.0.1, http://app.localhost:8080/x, true",
        "127.0.0.1, http://127.0.0.1:8080/x, true",
        "127.0.0.1, http://127.8.9.10:8080/x, true",
        "127.0.0.1, http://[0:0::1]:8080/x, true",
        "127.0.0.1, http://0.0.0.0:8080/x, true",
        "127.0.0.1, http://localhost:8081/x, false",
        "127.0.0.1, http://localhost/x, false",
        "127.0.0.1, http://128.0.0.1:8080/x, false",
        "127.0.0.1, http://notlocalhost:8080/x, false",
        "127.0.0.1, http://localhost.example:8080/x, false",
        "127.0.0.1, http://10.1.2.3:8080/x, false",
        "LocalHost, http://localhost:8080/x, true",
        "::, http://[::1]:8080/x, true",
        "0.0.0.0, http://127.0.0.1:8080/x, true",
        "192.0.2.7, http://192.0.2.7:8080/x, true",
        "192.0.2.7, http://192.0.2.8:8080/x, false",
        "192.0.2.7, http://localhost:8080/x, false",
        "2001:db8::7, http://[2001:db8:0::7]:8080/x, true"
    })
    void linksToTheNodeAreDeniedByWhateverNameReachesIt(String bind, String typed, boolean denied) throws IOException {
        DestinationPolicy loops = loops("https://s.example", Set.of(), NodeAddress.of(bind, 8080));

        assertThat(allows(loops, typed)).isEqualTo(!denied);
    }

    @Test
    void aNodeOnAllInterfacesIsAtEachOfTheirAddresses() throws IOException {
        List<InetAddress> own = NetworkInterface.networkInterfaces()
                .flatMap(NetworkInterface::inetAddresses)
                .filter(Inet4Address.class::isInstance)
                .toList();
        DestinationPolicy loops = loops("https://s.example", Set.of(), NodeAddress.of("0.0.0.0", 8080));

        assertThat(own)
                .isNotEmpty()
                .allSatisfy(address -> assertThat(denial(loops, "http://" + address.getHostAddress() + ":8080/x"))
                        .isEqualTo(Reason.DESTINATION_LOOPS));
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
    void policiesCombineAndTheFirstDenialCounts() {
        Blocklist list = new Blocklist(() -> Set.of("evil.example"));
        list.refresh();
        DestinationPolicy all = new SchemeAllowList(SchemeAllowList.WEB)
                .and(loops("https://s.example", Set.of(), null))
                .and(list);

        assertThat(denial(all, "ftp://evil.example/")).isEqualTo(Reason.SCHEME_NOT_ALLOWED);
        assertThat(denial(all, "http://s.example/")).isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(denial(all, "http://evil.example/")).isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(allows(all, "http://good.example/")).isTrue();
    }
}
