package dev.casebook.common.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

/** Addresses in bytes against the JDK's reading of the same text. */
final class IpAddressesPropertyTest {
    /** The oracle is the JDK's own parser of literals, on text made by the JDK from random bytes. */
    @Property(tries = 500)
    void parsesWhatTheJdkPrints(@ForAll @Size(16) byte[] address) throws Exception {
        String text = InetAddress.getByAddress(address).getHostAddress();
        byte[] out = new byte[16];
        int length = IpAddresses.parse(text, out);

        assertThat(Arrays.copyOf(out, length))
                .isEqualTo(InetAddress.getByName(text).getAddress());
    }

    @Property(tries = 500)
    void neverReadsOutsideOfItsRange(@ForAll @Size(max = 60) byte[] noise) {
        assertThat(IpAddresses.parse(noise, 0, noise.length, new byte[16])).isIn(0, 4, 16);
    }
}
