package dev.casebook.urlshortener.id;

import dev.casebook.common.permute.FeistelPermutation;
import dev.casebook.common.permute.KeyedPermutation;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.sync.RedisStringCommands;

/**
 * Codes from a counter in Redis through a keyed permutation: one network round trip per code, and as durable as Redis is
 * configured to be. A counter that was lost starts anew, below codes that are taken; so a caller whose candidates
 * keep being taken skips ahead, twice as far each time, and {@code n} lost codes cost about {@code log2(n)} attempts instead of
 * {@code n}. Thread-safe.
 */
public final class RedisIncrGenerator implements ShortCodeGenerator {
    /** Attempts that may well meet custom slugs; more than that means the counter is behind. */
    private static final int PLAIN_ATTEMPTS = 2;

    /** The first skip. */
    private static final long SKIP_MIN = 1_024;

    private final RedisStringCommands<String, String> redis;
    private final String counterKey;
    private final KeyedPermutation permutation;

    /**
     * Makes a generator.
     *
     * @param redis commands with a time limit of their own
     * @param counterKey where the counter is
     * @param key 16 secret bytes, another key than that of any other strategy of the installation: the same would send
     *     equal counters to equal codes
     */
    public RedisIncrGenerator(RedisStringCommands<String, String> redis, String counterKey, byte[] key) {
        this.redis = redis;
        this.counterKey = counterKey;
        permutation = new FeistelPermutation(key, CodeSpace.SIZE);
    }

    @Override
    public String next(String longUrl, int attempt) {
        try {
            return CodeSpace.encode(permutation.permute(redis.incrby(counterKey, step(attempt)) - 1));
        } catch (RedisException failure) {
            throw new ShortCodesUnavailableException("cannot count in Redis: " + failure.getMessage(), failure);
        }
    }

    private static long step(int attempt) {
        return attempt < PLAIN_ATTEMPTS ? 1 : SKIP_MIN << Math.min(attempt - PLAIN_ATTEMPTS, 20);
    }

    @Override
    public String name() {
        return "redis-incr";
    }
}
