package dev.casebook.urlshortener.cache;

import java.time.Duration;

/**
 * Every limit of the tiers by name. Immutable.
 *
 * @param sharesLinks whether this node reads links from Redis and puts them there; without it what L1 lacks is read from the source, once per node and not once
 *     per cluster, and Redis only tells of changes. Nodes of both kinds may share an installation
 */
public record TierSettings(Near near, Shared shared, Loads loads, boolean sharesLinks) {
    /** Limits for a node with 1 GiB of heap in front of one PostgreSQL. */
    public static TierSettings defaults() {
        return new TierSettings(Near.defaults(), Shared.defaults(), Loads.defaults(), true);
    }

    public TierSettings withNear(Near replacement) {
        return new TierSettings(replacement, shared, loads, sharesLinks);
    }

    public TierSettings withShared(Shared replacement) {
        return new TierSettings(near, replacement, loads, sharesLinks);
    }

    public TierSettings withLoads(Loads replacement) {
        return new TierSettings(near, shared, replacement, sharesLinks);
    }

    public TierSettings withSharesLinks(boolean shares) {
        return new TierSettings(near, shared, loads, shares);
    }

    /**
     * L1.
     *
     * @param bytesMax estimated heap of all cached links; 0 keeps none
     * @param absencesMax how many keys known not to exist are kept, apart from links so that a scan cannot evict them
     * @param ttl after it a link is served once more and refreshed behind the visitor's back
     * @param ttlJitter the fraction of {@code ttl} by which it is spread either way, 0 to below 1, so that keys loaded
     *     together do not expire together
     * @param grace how long after {@code ttl} a stale link may still be served: at once while a refresh runs, or when the
     *     source cannot be read
     * @param absenceTtl how long a key is believed not to exist
     * @param degradedTtl how old an entry may be while invalidations may be missed: the staleness bound of an outage
     */
    public record Near(
            long bytesMax,
            int absencesMax,
            Duration ttl,
            double ttlJitter,
            Duration grace,
            Duration absenceTtl,
            Duration degradedTtl) {
        public Near {
            if (bytesMax < 0) {
                throw new IllegalArgumentException("bytesMax must be >= 0: " + bytesMax);
            }
            requirePositive("absencesMax", absencesMax);
            requirePositive("ttl", ttl.toNanos());
            requirePositive("absenceTtl", absenceTtl.toNanos());
            requirePositive("degradedTtl", degradedTtl.toNanos());
            if (!(ttlJitter >= 0 && ttlJitter < 1)) {
                throw new IllegalArgumentException("ttlJitter must be >= 0 and < 1: " + ttlJitter);
            }
            if (grace.isNegative()) {
                throw new IllegalArgumentException("grace must be >= 0: " + grace);
            }
        }

        public static Near defaults() {
            return new Near(
                    128L << 20,
                    100_000,
                    Duration.ofSeconds(60),
                    0.1,
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(1));
        }

        public Near withBytesMax(long replacement) {
            return new Near(replacement, absencesMax, ttl, ttlJitter, grace, absenceTtl, degradedTtl);
        }

        public Near withTtl(Duration replacement) {
            return new Near(bytesMax, absencesMax, replacement, ttlJitter, grace, absenceTtl, degradedTtl);
        }
    }

    /**
     * L2.
     *
     * @param fresh after it one node in the cluster reloads the entry while all others still serve it
     * @param grace how long after {@code fresh} Redis keeps the entry: how long cached links outlive a dead source
     * @param absenceTtl how long a key is believed not to exist
     * @param fenceTtl how long a publication's version is remembered; longer than any read replica's lag
     * @param leaseTtl how long a loader may take before another one may try: what a dead lease holder costs the others
     * @param pollMin the first pause of one who waits for a lease holder
     * @param pollMax the longest
     */
    public record Shared(
            Duration fresh,
            Duration grace,
            Duration absenceTtl,
            Duration fenceTtl,
            Duration leaseTtl,
            Duration pollMin,
            Duration pollMax) {
        public Shared {
            requirePositive("fresh", fresh.toMillis());
            requirePositive("absenceTtl", absenceTtl.toMillis());
            requirePositive("fenceTtl", fenceTtl.toMillis());
            requirePositive("leaseTtl", leaseTtl.toMillis());
            requirePositive("pollMin", pollMin.toNanos());
            if (grace.isNegative()) {
                throw new IllegalArgumentException("grace must be >= 0: " + grace);
            }
            if (pollMax.compareTo(pollMin) < 0) {
                throw new IllegalArgumentException("pollMax must be >= pollMin " + pollMin + ": " + pollMax);
            }
        }

        public static Shared defaults() {
            return new Shared(
                    Duration.ofMinutes(10),
                    Duration.ofHours(24),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(2),
                    Duration.ofMillis(4),
                    Duration.ofMillis(50));
        }

        public Shared withFresh(Duration replacement) {
            return new Shared(replacement, grace, absenceTtl, fenceTtl, leaseTtl, pollMin, pollMax);
        }

        public Shared withLeaseTtl(Duration replacement) {
            return new Shared(fresh, grace, absenceTtl, fenceTtl, replacement, pollMin, pollMax);
        }
    }

    /**
     * The bulkhead before the source.
     *
     * @param concurrentMax source reads at a time; at most the connection pool's size
     * @param queuedMax loads that may wait for one of them; the next is refused at once
     * @param waitMax how long one waits before it is refused
     * @param flightsMax keys being looked up below L1 at a time in this process
     */
    public record Loads(int concurrentMax, int queuedMax, Duration waitMax, int flightsMax) {
        public Loads {
            requirePositive("concurrentMax", concurrentMax);
            requirePositive("flightsMax", flightsMax);
            requirePositive("waitMax", waitMax.toNanos());
            if (queuedMax < 0) {
                throw new IllegalArgumentException("queuedMax must be >= 0: " + queuedMax);
            }
        }

        public static Loads defaults() {
            return new Loads(16, 512, Duration.ofSeconds(1), 16_384);
        }
    }

    private static void requirePositive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException(name + " must be > 0: " + value);
        }
    }
}
