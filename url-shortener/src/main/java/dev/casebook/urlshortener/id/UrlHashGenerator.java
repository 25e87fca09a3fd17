package dev.casebook.urlshortener.id;

import dev.casebook.common.permute.SipHash;
import java.nio.charset.StandardCharsets;

/**
 * Codes that are a hash of the destination, reduced to [0, 62^7). The first candidate of a destination is always the same, on
 * every node and without any state; it collides when the destination was shortened before and, by the birthday bound,
 * half the time somewhere among 2.2 million links. Further candidates are salted at random, because counting up would make
 * the n-th link to one destination cost n attempts.
 *
 * <p>The hash is SipHash under a secret key: with a public one anybody could prepare destinations that collide. Thread-safe
 * if the source of salts is.
 */
public final class UrlHashGenerator implements ShortCodeGenerator {
    private final SipHash hash;
    private final java.util.random.RandomGenerator salts;

    /**
     * Makes a generator.
     *
     * @param key 16 secret bytes, the same on all nodes
     * @param salts for candidates after the first
     */
    public UrlHashGenerator(byte[] key, java.util.random.RandomGenerator salts) {
        hash = new SipHash(key);
        this.salts = salts;
    }

    @Override
    public String next(String longUrl, int attempt) {
        String hashed = attempt == 0 ? longUrl : longUrl + '\n' + salts.nextLong();
        long bits = hash.hash(hashed.getBytes(StandardCharsets.UTF_8));
        return CodeSpace.encode(Long.remainderUnsigned(bits, CodeSpace.SIZE));
    }

    @Override
    public String name() {
        return "url-hash";
    }
}
