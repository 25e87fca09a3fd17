package dev.casebook.benchmarks.common.hash;

import java.util.Random;

/** What is hashed: random bytes, the same for all. */
final class Inputs {
    private static final long SEED = 20_261_125;

    private Inputs() {}

    static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(SEED).nextBytes(bytes);
        return bytes;
    }
}
