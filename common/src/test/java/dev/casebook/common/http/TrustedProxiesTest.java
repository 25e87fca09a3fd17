package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who the client is, behind proxies that are believed and others. */
final class TrustedProxiesTest {
    private final TrustedProxies proxies = TrustedProxies.of("10.0.0.0/8", "192.168.7.1", "fd00::/9");

    private String client(String peer, String... forwardedFor) throws Exception {
        return proxies.client(InetAddress.getByName(peer), List.of(forwardedFor))
                .getHostAddress();
    }

    @Test
    void believesNothingThatAStrangerSays() throws Exception {
        assertThat(client("203.0.113.9", "198.51.100.1")).isEqualTo("203.0.113.9");
        assertThat(TrustedProxies.none()
                        .client(InetAddress.getByName("10.1.2.3"), List.of("198.51.100.1"))
                        .getHostAddress())
                .isEqualTo("10.1.2.3");
    }

    @Test
    void takesTheRightmostEntryThatIsNoProxy() throws Exception {
        assertThat(client("10.1.2.3", "198.51.100.1")).isEqualTo("198.51.100.1");
        assertThat(client("10.1.2.3", "6.6.6.6, 198.51.100.1, 10.9.9.9")).isEqualTo("198.51.100.1");
        assertThat(client("10.1.2.3", "6.6.6.6", "198.51.100.1", "192.168.7.1")).isEqualTo("198.51.100.1");
        assertThat(client("10.1.2.3", "10.0.0.1, 10.0.0.2")).isEqualTo("10.0.0.1");
    }

    @Test
    void stopsAtAnEntryThatIsNoAddress() throws Exception {
        assertThat(client("10.1.2.3", "198.51.100.1, unknown")).isEqualTo("10.1.2.3");
        assertThat(client("10.1.2.3", "198.51.100.1, evil.example, 10.0.0.5")).isEqualTo("10.0.0.5");
        assertThat(client("10.1.2.3", "")).isEqualTo("10.1.2.3");
        assertThat(client("10.1.2.3", "198.51.100.1,")).isEqualTo("10.1.2.3");
    }

    @Test
    void understandsPortsBracketsAndMappedAddresses() throws Exception {
        assertThat(client("10.1.2.3", "198.51.100.1:4711")).isEqualTo("198.51.100.1");
        assertThat(client("10.1.2.3", "[2001:db8::7]:4711")).isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(client("10.1.2.3", "2001:db8::7")).isEqualTo("2001:db8:0:0:0:0:0:7");
        assertThat(client("fd12::1", "::ffff:198.51.100.1")).isEqualTo("198.51.100.1");
        assertThat(client("fd80::1", "198.51.100.1")).isEqualTo("fd80:0:0:0:0:0:0:1");
    }

    @Test
    void boundsTheHopsItFollows() throws Exception {
        assertThat(client("10.1.2.3", "198.51.100.1" + ", 10.0.0.1".repeat(40))).isEqualTo("10.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "10.0.0.0/-1", "fd00::/129", "proxy.example"})
    void refusesWhatIsNoNetworkAndNamesIt(String cidr) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TrustedProxies.of(cidr))
                .withMessageContaining("'" + cidr + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "1.2.3.4, 1.2.3.4",
        "255.255.255.255, 255.255.255.255",
        "::, 0:0:0:0:0:0:0:0",
        "::1, 0:0:0:0:0:0:0:1",
        "1::, 1:0:0:0:0:0:0:0",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0",
        "64:ff9b::192.0.2.33, 64:ff9b:0:0:0:0:c000:221",
        "::ffff:1.2.3.4, 1.2.3.4",
        "FE80::aBcD, fe80:0:0:0:0:0:0:abcd",
    })
    void parsesAddresses(String text, String expected) throws Exception {
        byte[] out = new byte[16];
        int length = IpAddresses.parse(text, out);
        assertThat(InetAddress.getByAddress(java.util.Arrays.copyOf(out, length))
                        .getHostAddress())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.", ".1.2.3", "1.2.3.4 ", "0x1.2.3.4", "1..3.4",
                ":", ":::", "1:2", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "::g", "1:2:3:4:5:6:7:8::", ":1::",
                "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "fe80::1%eth0", "a.example", ""
            })
    void parsesNothingElse(String text) {
        assertThat(IpAddresses.parse(text, new byte[16])).isZero();
    }
}
