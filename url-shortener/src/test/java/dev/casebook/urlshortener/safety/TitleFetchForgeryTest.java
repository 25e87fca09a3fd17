package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A page that may be read and leads the fetch inside (server-side request forgery). The one address {@link #SITE} stands for a public one,
 * as object: it is this machine's, and every other 127.0.0.1 must be refused as such.
 */
class TitleFetchForgeryTest extends TitleFetchFixture {
    private static final InetAddress SITE = InetAddress.ofLiteral("127.0.0.1");

    @BeforeEach
    void publish() {
        names.put("site.example", List.of(SITE));
        page("/inside", "text/html", "<title>Secret</title>");
    }

    @Test
    void followsARedirectToAPublicAddress() {
        names.put("other.example", List.of(SITE));
        redirect("/hop", "http://other.example:" + port + "/inside");

        assertThat(title("http://site.example:" + port + "/hop", TitleFetchForgeryTest::isSiteOrPublic))
                .contains("Secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "10.0.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.0.0.1.",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.0.1",
                "192.168.255.255",
                "[::]",
                "[::1]",
                "[fc00::1]",
                "[fdff:ffff::1]",
                "[fe80::1]",
                "[febf::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[::ffff:10.0.0.1]",
                "[::127.0.0.1]",
                "[64:ff9b::7f00:1]",
                "[64:ff9b::192.168.0.1]",
                "[64:ff9b:1::7f00:1]",
                "[2002:7f00:1::]",
                "[2002:c0a8:1::1]",
                "[2001:0:7f00:1::]",
                // numbers that browsers and some resolvers read as 127.0.0.1
                "2130706433",
                "017700000001",
                "0x7f000001",
                "0x7f.1",
                "127.1",
                "0177.0.0.1",
                "site.example@127.0.0.1",
            })
    void noRedirectLeadsToAnAddressThatIsNotPublic(String host) {
        assertNoWayIn("http://" + host + ":" + port + "/inside");

        assertThat(outcomes("refused")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "127.0.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "192.168.0.1",
                "::1",
                "fc00::1",
                "fe80::1",
                "64:ff9b::7f00:1",
                "2002:7f00:1::",
            })
    void norToANameThatHasSuchAnAddress(String address) {
        names.put("inside.example", List.of(SITE, InetAddress.ofLiteral(address)));

        assertNoWayIn("http://inside.example:" + port + "/inside");

        assertThat(outcomes("refused")).isEqualTo(1);
    }

    /** The JDK makes an IPv4 address of such bytes wherever it can, a resolver of another make need not. */
    @Test
    void anIpv4AddressMappedIntoIpv6IsNotPublicEither() throws UnknownHostException {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        System.arraycopy(SITE.getAddress(), 0, mapped, 12, 4);
        names.put("inside.example", List.of(Inet6Address.getByAddress(null, mapped, -1)));

        assertNoWayIn("http://inside.example:" + port + "/inside");

        assertThat(outcomes("refused")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/passwd",
                "ftp://site.example:PORT/inside",
                "gopher://site.example:PORT/_GET%20/inside",
                "dict://site.example:PORT/inside",
                "ldap://site.example:PORT/inside",
                "ws://site.example:PORT/inside",
                "jar:http://site.example:PORT/inside!/",
                "data:text/html,%3Ctitle%3ESecret%3C/title%3E",
                "javascript:alert(1)",
                "//127.0.0.1:PORT/inside",
                "http:\\\\127.0.0.1:PORT\\inside",
                "http:127.0.0.1:PORT/inside",
            })
    void norToAnotherSchemeOrByAnotherSpelling(String location) {
        assertNoWayIn(location.replace("PORT", Integer.toString(port)));

        assertThat(outcomes("refused") + outcomes("failed")).isEqualTo(1);
    }

    /** DNS rebinding: public when asked first, private from then on. */
    @Test
    void theConnectionGoesToTheAddressThatWasCheckedAndTheNextFetchChecksAnew() {
        names.put("rebinding.example", List.of(SITE));
        turns.put("rebinding.example", List.of(LOOPBACK));
        String typed = "http://rebinding.example:" + port + "/";

        assertThat(title(typed, TitleFetchForgeryTest::isSiteOrPublic)).contains("Home");
        assertThat(resolved).containsExactly("rebinding.example");

        assertThat(title(typed, TitleFetchForgeryTest::isSiteOrPublic)).isEmpty();
        assertThat(requests).hasSize(1);
        assertThat(outcomes("refused")).isEqualTo(1);
    }

    private void assertNoWayIn(String location) {
        redirect("/hop", location);

        assertThat(title("http://site.example:" + port + "/hop", TitleFetchForgeryTest::isSiteOrPublic))
                .isEmpty();

        assertThat(requests).containsExactly("site.example:" + port + "/hop");
    }

    @SuppressWarnings("ReferenceEquality") // see above
    private static boolean isSiteOrPublic(InetAddress address) {
        return address == SITE || PublicAddresses.isPublic(address);
    }
}
