package dev.casebook.urlshortener.safety;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * Which addresses are on the public internet: neither this machine, nor its network, nor anything else that a stranger must
 * not reach through us. By IANA's special-purpose address registries (RFC 6890 and updates). Of IPv6 only the allocated
 * global unicast space is public, and forms that carry an IPv4 address are judged by that as well.
 */
public final class PublicAddresses {
    private static final List<Block> SPECIAL_IPV4 = List.of(
            Block.of("0.0.0.0", 8), // this network
            Block.of("10.0.0.0", 8), // private
            Block.of("100.64.0.0", 10), // carrier-grade NAT
            Block.of("127.0.0.0", 8), // loopback
            Block.of("169.254.0.0", 16), // link-local, where clouds keep their metadata
            Block.of("172.16.0.0", 12), // private
            Block.of("192.0.0.0", 24), // IETF protocol assignments
            Block.of("192.0.2.0", 24), // documentation
            Block.of("192.88.99.0", 24), // 6to4 relays
            Block.of("192.168.0.0", 16), // private
            Block.of("198.18.0.0", 15), // benchmarking
            Block.of("198.51.100.0", 24), // documentation
            Block.of("203.0.113.0", 24), // documentation
            Block.of("224.0.0.0", 4), // multicast
            Block.of("240.0.0.0", 4) // reserved, broadcast
            );

    private static final Block GLOBAL_IPV6 = Block.of("2000::", 3);

    private static final List<Block> SPECIAL_IPV6 = List.of(
            Block.of("2001::", 23), // IETF protocol assignments, Teredo among them
            Block.of("2001:db8::", 32), // documentation
            Block.of("3fff::", 20) // documentation
            );

    private static final Block NAT64 = Block.of("64:ff9b::", 96);
    private static final int NAT64_OFFSET = 12;
    private static final Block SIX_TO_FOUR = Block.of("2002::", 16);
    private static final int SIX_TO_FOUR_OFFSET = 2;

    private PublicAddresses() {}

    /** Whether an address is public. */
    public static boolean isPublic(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (address instanceof Inet4Address) {
            return isPublicIpv4(bytes);
        }
        if (NAT64.contains(bytes)) {
            return isPublicIpv4(Arrays.copyOfRange(bytes, NAT64_OFFSET, NAT64_OFFSET + 4));
        }
        if (SIX_TO_FOUR.contains(bytes)) {
            return isPublicIpv4(Arrays.copyOfRange(bytes, SIX_TO_FOUR_OFFSET, SIX_TO_FOUR_OFFSET + 4));
        }
        // ::ffff:0:0/96 and ::/96, the v4-mapped and v4-compatible forms, lie outside of the global space.
        return GLOBAL_IPV6.contains(bytes) && SPECIAL_IPV6.stream().noneMatch(block -> block.contains(bytes));
    }

    private static boolean isPublicIpv4(byte[] bytes) {
        return SPECIAL_IPV4.stream().noneMatch(block -> block.contains(bytes));
    }

    /** The addresses that share the first bits with one. */
    private static final class Block {
        private final byte[] network;
        private final int prefixBits;

        private Block(byte[] network, int prefixBits) {
            this.network = network;
            this.prefixBits = prefixBits;
        }

        static Block of(String network, int prefixBits) {
            try {
                return new Block(InetAddress.ofLiteral(network).getAddress(), prefixBits);
            } catch (IllegalArgumentException impossible) {
                throw new IllegalStateException("not an address: " + network, impossible);
            }
        }

        boolean contains(byte[] address) {
            if (address.length != network.length) {
                return false;
            }
            int wholeBytes = prefixBits / 8;
            if (Arrays.mismatch(address, 0, wholeBytes, network, 0, wholeBytes) >= 0) {
                return false;
            }
            int restBits = prefixBits % 8;
            return restBits == 0 || ((address[wholeBytes] ^ network[wholeBytes]) & 0xff) >>> (8 - restBits) == 0;
        }
    }
}
