package dev.casebook.common.hash;

import java.util.Random;
import java.util.stream.IntStream;

/** What the cross-checks hash: every length to just past the first block of 1 KiB, then lengths around the block borders. */
final class Inputs {
    private static final int EXHAUSTIVE_TO_BYTES = 1025;
    private static final int[] LARGE_BYTES = {
        2047, 2048, 2049, 2112, 4096, 10_007, 65_536, 65_537, 1 << 20, (1 << 20) + 63
    };

    private Inputs() {}

    static IntStream lengths() {
        return IntStream.concat(IntStream.rangeClosed(0, EXHAUSTIVE_TO_BYTES), IntStream.of(LARGE_BYTES));
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(0x5EED + length).nextBytes(bytes);
        return bytes;
    }
}
