package dev.casebook.benchmarks.urlshortener;

import dev.casebook.common.permute.FeistelPermutation;
import dev.casebook.urlshortener.id.RandomGenerator;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;

/**
 * A code space that really fills: the service's own random generator on a source that knows ten characters, so that four of them make 10,000 codes, and the permutation
 * that the service's counters go through, over the same number. Each code is inserted under a UNIQUE key in PostgreSQL; counted are the INSERTs that it took.
 *
 * @param randomInserts INSERTs per link at random, by tenth of the space
 * @param permutedInserts the same of permuted counters
 */
record CodeSpaceFilling(List<Double> randomInserts, List<Double> permutedInserts) {
    private static final int CHARACTERS = 10;
    private static final int CODES = CHARACTERS * CHARACTERS * CHARACTERS * CHARACTERS;
    static final int TENTHS = 10;
    /** Random codes are not made for the last tenth: the very last one would take all of 10,000 attempts by itself. */
    private static final int TENTHS_AT_RANDOM = 9;

    /** Fills both spaces, one after the other. */
    static CodeSpaceFilling measure(Connection connection, long seed) throws SQLException {
        SplittableRandom random = new SplittableRandom(seed);
        RandomGenerator generator = new RandomGenerator(tenCharacters(random), RandomGenerator.LENGTH_MIN);
        byte[] key = new byte[16];
        random.nextBytes(key);
        FeistelPermutation permutation = new FeistelPermutation(key, CODES);
        boolean autoCommit = connection.getAutoCommit();
        connection.setAutoCommit(false); // what is counted are INSERTs, not disk flushes
        try {
            return new CodeSpaceFilling(
                    fill(connection, "lab_filled_random", TENTHS_AT_RANDOM, attempt -> generator.next()),
                    fill(
                            connection,
                            "lab_filled_permuted",
                            TENTHS,
                            attempt -> Long.toString(permutation.permute(attempt))));
        } finally {
            connection.setAutoCommit(autoCommit);
        }
    }

    private static java.util.random.RandomGenerator tenCharacters(SplittableRandom random) {
        return new java.util.random.RandomGenerator() {
            @Override
            public long nextLong() {
                return random.nextLong();
            }

            @Override
            public int nextInt(int bound) {
                return random.nextInt(Math.min(CHARACTERS, bound));
            }
        };
    }

    private static List<Double> fill(Connection connection, String table, int tenths, IntFunction<String> codes)
            throws SQLException {
        try (Statement create = connection.createStatement()) {
            create.execute("CREATE TABLE " + table + " (slug text COLLATE \"C\" PRIMARY KEY)");
        }
        List<Double> inserts = new ArrayList<>();
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + table + " VALUES (?) ON CONFLICT DO NOTHING")) {
            int attempts = 0;
            for (int tenth = 0; tenth < tenths; tenth++) {
                int before = attempts;
                for (int links = 0; links < CODES / TENTHS; ) {
                    insert.setString(1, codes.apply(attempts++));
                    links += insert.executeUpdate();
                }
                connection.commit();
                inserts.add((attempts - before) / (double) (CODES / TENTHS));
            }
        }
        return inserts;
    }
}
