package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AddressPrefixTest {
    @Test
    void keeps24BitsOfIpv4And48OfIpv6() {
        assertThat(AddressPrefix.prefixLength(4)).isEqualTo(3);
        assertThat(AddressPrefix.prefixLength(16)).isEqualTo(6);
        assertThat(AddressPrefix.prefixLength(0)).isZero();
    }

    @Test
    void treatsMappedIpv4AsIpv4() throws UnknownHostException {
        byte[] address = new byte[16];
        address[10] = -1;
        address[11] = -1;
        System.arraycopy(InetAddress.getByName("192.0.2.77").getAddress(), 0, address, 12, 4);

        assertThat(AddressPrefix.unmap(address, 16)).isEqualTo(4);
        assertThat(Arrays.copyOf(address, 4))
                .isEqualTo(InetAddress.getByName("192.0.2.77").getAddress());
    }

    @Test
    void leavesOtherAddressesAlone() throws UnknownHostException {
        byte[] address = InetAddress.getByName("2001:db8:1:2:0:ffff:3:4").getAddress();
        byte[] before = address.clone();

        assertThat(AddressPrefix.unmap(address, 16)).isEqualTo(16);
        assertThat(AddressPrefix.unmap(address, 4)).isEqualTo(4);
        assertThat(address).isEqualTo(before);
    }
}
