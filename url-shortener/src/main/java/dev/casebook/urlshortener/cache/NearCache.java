package dev.casebook.urlshortener.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.casebook.urlshortener.link.Link;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * L1: this process's links and absences.
 *
 * <p>Two Caffeine caches, so that a scan of codes that do not exist fills only the small one. Caffeine bounds and evicts
 * (W-TinyLFU keeps hot links through a scan of existing ones, too); whether an entry may be <em>served</em> is decided
 * here at every read from its age and generation, because degrading and emptying must take effect at once and for all
 * entries.
 *
 * <p>{@link #put} and {@link #advance} with {@link #remove} are the two sides of invariant 2 (see the package): both end in the map's
 * per-key lock, the epoch is advanced before the removal and checked inside the insertion. If the insertion comes first,
 * the removal takes it away; if it comes second, it sees the epoch moved and inserts nothing.
 *
 * <p>Thread-safe. A lookup with a {@link LinkProbe} allocates nothing. Caffeine's upkeep runs on the calling thread: it is
 * amortised to some nanoseconds per read, less than waking a pool for it.
 */
final class NearCache {
    /** How an entry may be used. */
    enum Use {
        /** Answer from it. */
        FRESH,
        /** Answer from it and refresh it. */
        STALE,
        /** Only if nothing better can be had. */
        LAST_RESORT,
        /** Not at all. */
        NONE
    }

    private final Cache<CacheKey, NearEntry> links;
    private final Cache<CacheKey, NearEntry> absences;
    private final InvalidationEpochs epochs = new InvalidationEpochs();
    private final AnswerEncoder encoder;
    private final LongSupplier nanoTime;
    private final long ttlNanos;
    private final double ttlJitter;
    private final boolean keepsLinks;
    private final long graceNanos;
    private final long absenceTtlNanos;
    private final long degradedTtlNanos;

    /** True until a session is armed: invalidations may be missed. */
    private volatile boolean degraded = true;

    NearCache(TierSettings.Near settings, AnswerEncoder encoder, LongSupplier nanoTime) {
        this.encoder = encoder;
        this.nanoTime = nanoTime;
        this.ttlNanos = settings.ttl().toNanos();
        this.ttlJitter = settings.ttlJitter();
        this.keepsLinks = settings.bytesMax() > 0;
        this.graceNanos = settings.grace().toNanos();
        this.absenceTtlNanos = settings.absenceTtl().toNanos();
        this.degradedTtlNanos = settings.degradedTtl().toNanos();
        this.links = Caffeine.newBuilder()
                .maximumWeight(settings.bytesMax())
                .weigher((CacheKey key, NearEntry entry) -> entry.weightBytes())
                .expireAfterWrite(settings.ttl().multipliedBy(2).plus(settings.grace()))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
        this.absences = Caffeine.newBuilder()
                .maximumSize(settings.absencesMax())
                .expireAfterWrite(settings.absenceTtl().plus(settings.grace()))
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    @Nullable
    NearEntry get(CacheKey key) {
        NearEntry entry = links.getIfPresent(key);
        return entry == null ? absences.getIfPresent(key) : entry;
    }

    /** As {@link #get}, but only a link and only while it is fresh. */
    @Nullable
    NearEntry getFreshLink(CacheKey key) {
        NearEntry entry = links.getIfPresent(key);
        return entry != null && useOf(entry) == Use.FRESH ? entry : null;
    }

    Use useOf(NearEntry entry) {
        if (entry.generation() != epochs.generation()) {
            return Use.NONE;
        }
        long age = entry.ageNanos(nanoTime.getAsLong());
        if (degraded) {
            return age < degradedTtlNanos ? Use.FRESH : age < ttlNanos + graceNanos ? Use.LAST_RESORT : Use.NONE;
        }
        if (age < entry.freshNanos()) {
            return Use.FRESH;
        }
        if (age >= entry.freshNanos() + graceNanos) {
            return Use.NONE;
        }
        // A visitor may wait for a link to come into being; nobody waits for it to have changed unheard.
        return entry.link() == null ? Use.LAST_RESORT : Use.STALE;
    }

    InvalidationEpochs.Moment moment(CacheKey key) {
        return epochs.now(key, nanoTime.getAsLong());
    }

    boolean stands(InvalidationEpochs.Moment moment) {
        return epochs.stands(moment);
    }

    /**
     * Keeps a load's result, unless the key was invalidated since the load began.
     *
     * @param freshNanosMax an upper bound of the time to live, for results that are known to be old already
     * @return false when the result was dropped
     */
    boolean put(CacheKey.Stored key, @Nullable Link link, InvalidationEpochs.Moment loadBegan, long freshNanosMax) {
        if (link != null && !keepsLinks) {
            absences.invalidate(key);
            return true; // as was asked for: no drop to be counted
        }
        long now = loadBegan.nanos();
        NearEntry entry = link == null
                ? new NearEntry(null, null, loadBegan.generation(), now, Math.min(freshNanosMax, absenceTtlNanos))
                : new NearEntry(
                        link,
                        encoder.encode(link),
                        loadBegan.generation(),
                        now,
                        Math.min(freshNanosMax, spread(key, now)));
        Cache<CacheKey, NearEntry> home = link == null ? absences : links;
        boolean[] kept = new boolean[1];
        home.asMap().compute(key, (k, old) -> {
            kept[0] = epochs.stands(loadBegan);
            return kept[0] ? entry : old;
        });
        if (kept[0]) {
            (link == null ? links : absences).invalidate(key);
        }
        return kept[0];
    }

    void advance(CacheKey key) {
        epochs.advance(key);
    }

    /** Drops the key. The caller has {@linkplain #advance advanced} its epoch. */
    void remove(CacheKey key) {
        links.invalidate(key);
        absences.invalidate(key);
    }

    /** Drops everything; loads that are under way will not be kept. */
    void clear() {
        epochs.advanceAll();
        links.invalidateAll();
        absences.invalidateAll();
    }

    /** From now on invalidations may be missed. */
    void degrade() {
        degraded = true;
    }

    /** Invalidations are heard again. The caller has {@linkplain #clear cleared} what may have missed one. */
    void restore() {
        degraded = false;
    }

    boolean isDegraded() {
        return degraded;
    }

    long sizeLinks() {
        return links.estimatedSize();
    }

    long sizeAbsences() {
        return absences.estimatedSize();
    }

    /** The time to live, spread by hash and time of load: expiry needs to be scattered, not to be unforeseeable. */
    private long spread(CacheKey key, long now) {
        long mixed = (now ^ ((long) key.hashCode() << 32)) * 0x9E3779B97F4A7C15L;
        double unit = (mixed >>> 11) * 0x1.0p-53; // 53 bits make a double in [0, 1)
        return (long) (ttlNanos * (1 + ttlJitter * (2 * unit - 1)));
    }
}
