package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkChangePublisher;
import dev.casebook.urlshortener.link.LinkKey;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * What {@link RedisScripts} and key tracking do, as maps and queues, with a {@link Schedule#step} where a command travels.
 * {@link ScriptsMatchTheModelIT} compares it with a real Redis command by command. It can be given a {@link Flaw}, to see
 * that the interleaving tests would find it.
 */
final class ModelRedis {
    /** Protocols that look right and are not. */
    enum Flaw {
        /** A publication leaves the load lease alone. */
        LEASE_SURVIVES_PUBLICATION,
        /** A publication fills an entry where there was none. */
        PUBLICATION_FILLS_EMPTY,
        /** A publication replaces an absence that a load found, whose version nobody knows. */
        PUBLICATION_REPLACES_UNKNOWN,
        /** A publication replaces an entry of any version. */
        PUBLICATION_GOES_BACK,
        /** Entries of an earlier incarnation count. */
        INCARNATION_IGNORED,
        /** Taking the lease does not look whether the entry was filled meanwhile. */
        ACQUIRE_DOES_NOT_LOOK
    }

    private record Filled(SharedEntry entry, long incarnation) {}

    private record Leased(LoadLease lease, long expiresAtNanos) {}

    private record Fence(long version, boolean live) {}

    /** No key for a flush. */
    private record Push(Optional<LinkKey> key, long publishedVersion) {}

    private final Map<LinkKey, Filled> entries = new HashMap<>();
    private final Map<LinkKey, Leased> leases = new HashMap<>();
    private final Map<LinkKey, Fence> fences = new HashMap<>();
    private final List<Session> sessions = new ArrayList<>();
    private final LongSupplier nanoTime;
    private final long leaseNanos;
    private final Set<Flaw> flaws;
    private long incarnation = 1;
    private long published;
    private boolean full;

    ModelRedis(LongSupplier nanoTime, long leaseNanos, Flaw... flaws) {
        this.nanoTime = nanoTime;
        this.leaseNanos = leaseNanos;
        this.flaws = flaws.length == 0 ? EnumSet.noneOf(Flaw.class) : EnumSet.copyOf(Arrays.asList(flaws));
    }

    /** Opens a session whose tracking is armed. */
    Session connect() {
        Session session = new Session(incarnation);
        sessions.add(session);
        return session;
    }

    void publish(LinkChange change, long freshUntilEpochMillis) {
        LinkKey key = change.key();
        if (!flaws.contains(Flaw.LEASE_SURVIVES_PUBLICATION)) {
            leases.remove(key);
        }
        Fence fence = fences.get(key);
        if (fence == null || fence.version < change.version()) {
            fences.put(key, new Fence(change.version(), change.link() != null));
        }
        published = Math.max(published, change.version());
        sessions.forEach(session -> session.pushes.add(new Push(Optional.of(key), change.version())));
        SharedEntry current = new SharedEntry(change.version(), freshUntilEpochMillis, change.link());
        Filled there = entries.get(key);
        if (there == null) {
            if (flaws.contains(Flaw.PUBLICATION_FILLS_EMPTY)) {
                entries.put(key, new Filled(current, incarnation));
            }
            return;
        }
        boolean unknown = there.entry.version() == SharedEntry.VERSION_UNKNOWN
                && !flaws.contains(Flaw.PUBLICATION_REPLACES_UNKNOWN);
        if (isVoid(there) || unknown) {
            entries.remove(key);
        } else if (there.entry.version() < change.version() || flaws.contains(Flaw.PUBLICATION_GOES_BACK)) {
            entries.put(key, new Filled(current, incarnation));
        }
    }

    /** FLUSHALL. */
    void flushAll() {
        clear();
        sessions.forEach(session -> session.pushes.add(new Push(Optional.empty(), 0)));
    }

    /** Whether there is no memory left and nothing may be evicted: only what removes something first is taken. */
    void setFull(boolean replacement) {
        full = replacement;
    }

    /** Memory runs out. */
    void evict(LinkKey key) {
        entries.remove(key);
    }

    /** The fence's time to live ends, which is pushed like a write. */
    void expireFence(LinkKey key) {
        if (fences.remove(key) != null) {
            sessions.forEach(session -> session.pushes.add(new Push(Optional.of(key), 0)));
        }
    }

    /** The process dies and comes back with what {@code saved} holds; all connections are cut. */
    void restart(Runnable restore) {
        sessions.clear();
        clear();
        restore.run();
        incarnation++;
    }

    /** What would be on disk if it were written now. */
    Runnable snapshot() {
        Map<LinkKey, Filled> savedEntries = Map.copyOf(entries);
        Map<LinkKey, Leased> savedLeases = Map.copyOf(leases);
        Map<LinkKey, Fence> savedFences = Map.copyOf(fences);
        return () -> {
            entries.putAll(savedEntries);
            leases.putAll(savedLeases);
            fences.putAll(savedFences);
        };
    }

    /** What a reader would get. */
    Optional<SharedEntry> read(LinkKey key) {
        Filled filled = entries.get(key);
        return filled == null || isVoid(filled) ? Optional.empty() : Optional.of(filled.entry);
    }

    /** The highest version published so far. */
    long published() {
        return published;
    }

    boolean isLeased(LinkKey key) {
        return leases.containsKey(key);
    }

    private void clear() {
        entries.clear();
        leases.clear();
        fences.clear();
    }

    private boolean isVoid(Filled filled) {
        return filled.incarnation != incarnation && !flaws.contains(Flaw.INCARNATION_IGNORED);
    }

    /** One node's two connections. */
    final class Session implements SharedSession, LinkChangePublisher {
        private final long sessionIncarnation;
        private final Deque<Push> pushes = new ArrayDeque<>();

        private Session(long sessionIncarnation) {
            this.sessionIncarnation = sessionIncarnation;
        }

        /** The network breaks; what was pushed and not delivered is lost. */
        void cut() {
            sessions.remove(this);
            pushes.clear();
        }

        boolean hasPush() {
            return !pushes.isEmpty();
        }

        /** Delivers the oldest push and returns the version whose publication caused it, 0 for none. */
        long deliver(CoherenceEvents events) {
            Push push = pushes.remove();
            push.key.ifPresentOrElse(key -> events.invalidated(CacheKey.bytesOf(key)), events::cleared);
            return push.publishedVersion;
        }

        @Override
        public CompletionStage<Optional<SharedEntry>> get(LinkKey key) {
            Schedule.step();
            CompletionStage<Optional<SharedEntry>> reply = isAlive()
                    ? CompletableFuture.completedFuture(read(key))
                    : CompletableFuture.failedFuture(new SharedTierException("cut"));
            Schedule.step();
            return reply;
        }

        @Override
        public Acquisition acquire(LinkKey key, Optional<SharedEntry> seen, LoadLease lease) {
            requireAlive();
            Optional<SharedEntry> there = read(key);
            if (there.isPresent()
                    && !flaws.contains(Flaw.ACQUIRE_DOES_NOT_LOOK)
                    && !(seen.isPresent() && sameFilling(seen.get(), there.get()))) {
                return new Acquisition.Found(there.get());
            }
            if (full) {
                throw new SharedTierException("no memory");
            }
            Leased leased = leases.get(key);
            if (leased != null && nanoTime.getAsLong() < leased.expiresAtNanos) {
                return new Acquisition.Busy();
            }
            leases.put(key, new Leased(lease, nanoTime.getAsLong() + leaseNanos));
            return new Acquisition.Granted();
        }

        @Override
        public Fill fill(LinkKey key, LoadLease lease, SharedEntry entry) {
            requireAlive();
            Fill fill = tryFill(key, lease, entry);
            Schedule.step();
            return fill;
        }

        private Fill tryFill(LinkKey key, LoadLease lease, SharedEntry entry) {
            if (!holds(key, lease)) {
                return Fill.LEASE_LOST;
            }
            leases.remove(key);
            Fence fence = fences.get(key);
            if (fence != null && (entry.link() == null ? fence.live : entry.version() < fence.version)) {
                return Fill.OLDER;
            }
            entries.put(key, new Filled(entry, sessionIncarnation));
            return Fill.STORED;
        }

        @Override
        public void release(LinkKey key, LoadLease lease) {
            requireAlive();
            if (holds(key, lease)) {
                leases.remove(key);
            }
        }

        @Override
        public void publish(LinkChange change) {
            Schedule.step();
            requireAlive();
            ModelRedis.this.publish(change, Long.MAX_VALUE);
            Schedule.step();
        }

        private boolean holds(LinkKey key, LoadLease lease) {
            Leased leased = leases.get(key);
            return leased != null
                    && nanoTime.getAsLong() < leased.expiresAtNanos
                    && Arrays.equals(leased.lease.token(), lease.token());
        }

        private boolean isAlive() {
            return sessions.contains(this);
        }

        private void requireAlive() {
            if (!isAlive()) {
                throw new SharedTierException("cut");
            }
        }

        private static boolean sameFilling(SharedEntry one, SharedEntry other) {
            return one.version() == other.version()
                    && one.freshUntilEpochMillis() == other.freshUntilEpochMillis()
                    && (one.link() == null) == (other.link() == null);
        }
    }
}
