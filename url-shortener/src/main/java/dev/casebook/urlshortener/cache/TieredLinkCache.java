package dev.casebook.urlshortener.cache;

import dev.casebook.urlshortener.cache.InvalidationEpochs.Moment;
import dev.casebook.urlshortener.cache.Lookup.Tier;
import dev.casebook.urlshortener.cache.SharedSession.Acquisition;
import dev.casebook.urlshortener.cache.SharedSession.Fill;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkChangePublisher;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkSource;
import dev.casebook.urlshortener.link.LinkStoreUnavailableException;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds links through L1, L2 and the source, and keeps the tiers coherent. The invariants stand in the package's
 * description; this class is where the first tier meets the other two.
 *
 * <p>A lookup below L1 is a <em>flight</em>; one per key is under way in this process and later requests join it, unless
 * an invalidation has come since it began. It reads L2 asynchronously. Only a miss there costs a virtual thread, which
 * asks for the cluster-wide lease in blocking code that reads top to bottom:
 *
 * <pre>
 *   capture epoch -> GET L2 -> hit: keep in L1, answer
 *                           -> hit past its time: answer, and one node in the cluster reloads
 *                           -> miss: lease? -> granted: read source, fill L2, keep in L1, answer
 *                                           -> filled meanwhile: keep in L1, answer
 *                                           -> busy: pause, ask again; after the lease's time read the source anyway
 *   Redis refuses: read source under the bulkhead, keep in L1, answer
 *   no session, or it breaks on the way: read source under the bulkhead, keep in L1 for the degraded time, answer
 *   this node shares no links: read source under the bulkhead, keep in L1, answer
 * </pre>
 *
 * Cost: 0 remote operations on an L1 hit, 1 on an L2 hit, 3 in Redis and 1 in PostgreSQL on a cold key.
 *
 * <p>Thread-safe. {@link #probe} and {@link #find} never block; {@link #publish} does.
 */
public final class TieredLinkCache implements LinkChangePublisher, AutoCloseable {
    private final TierSettings settings;
    private final LinkChangePublisher shared;
    private final SourceBulkhead source;
    private final NearCache near;
    private final ConcurrentHashMap<CacheKey.Stored, Flight> flights = new ConcurrentHashMap<>();
    private final LoadLease.Issuer leases;
    private final CacheMetrics metrics;
    private final KeyObserver observer;
    private final Executor loads;
    private final LongSupplier nanoTime;
    private final InstantSource wallClock;
    private final Pause pause;
    private final long seed;

    /** Null while Redis is away: then L1 is degraded and L2 is passed over. Written only by {@link Coherence}. */
    private final AtomicReference<@Nullable SharedSession> session = new AtomicReference<>();

    TieredLinkCache(
            TierSettings settings,
            LinkChangePublisher shared,
            LinkSource source,
            AnswerEncoder encoder,
            KeyObserver observer,
            MeterRegistry registry,
            Executor loads,
            LongSupplier nanoTime,
            InstantSource wallClock,
            Pause pause,
            long seed) {
        this.settings = settings;
        this.shared = shared;
        this.metrics = new CacheMetrics(registry);
        this.source = new SourceBulkhead(source, settings.loads(), metrics);
        this.near = new NearCache(settings.near(), encoder, nanoTime);
        this.leases = new LoadLease.Issuer(seed);
        this.observer = observer;
        this.loads = loads;
        this.nanoTime = nanoTime;
        this.wallClock = wallClock;
        this.pause = pause;
        this.seed = seed;
        metrics.gauge("urlshortener.near.links", "Links in the near cache", near, NearCache::sizeLinks);
        metrics.gauge("urlshortener.near.absences", "Absences in the near cache", near, NearCache::sizeAbsences);
        metrics.gauge(
                "urlshortener.near.degraded",
                "1 while invalidations may be missed and entries live one second",
                near,
                cache -> cache.isDegraded() ? 1 : 0);
        metrics.gauge(
                "urlshortener.flights", "Keys being looked up below L1", flights, ConcurrentHashMap::mappingCount);
    }

    /**
     * A cache on the given Redis; connects it and keeps it connected. Works without Redis until it is there.
     *
     * @param replayPending publishes all committed changes that are not published yet (the outbox), to be run whenever
     *     Redis is back and before anything is read from it; may throw when the source is away
     */
    public static TieredLinkCache open(
            TierSettings settings,
            RedisLinkStore redis,
            LinkSource source,
            AnswerEncoder encoder,
            KeyObserver observer,
            Runnable replayPending,
            MeterRegistry registry) {
        ExecutorService loads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("link-load-", 0).factory());
        TieredLinkCache cache = new TieredLinkCache(
                settings,
                redis,
                source,
                encoder,
                observer,
                registry,
                loads,
                System::nanoTime,
                InstantSource.system(),
                Pause.SLEEP,
                new SecureRandom().nextLong());
        redis.start(cache.coherence(), replayPending);
        return cache;
    }

    /** A lookup key to be filled from request bytes, for one event loop. */
    public LinkProbe newProbe() {
        return new LinkProbe(seed);
    }

    /**
     * Looks a link up in L1 only, without allocating. What is not there, not fresh or not a link is null: use
     * {@link #find}.
     */
    public @Nullable NearEntry probe(LinkProbe probe) {
        NearEntry entry = near.getFreshLink(probe.seal());
        if (entry != null && entry.answer() != null) {
            metrics.answered(Tier.NEAR);
            return entry;
        }
        return null;
    }

    /**
     * Finds a link. The stage completes on the calling thread (L1, and L2 when the caller is a serving thread), a Redis
     * I/O thread (L2) or a virtual thread (source).
     * It fails with {@link LinkStoreUnavailableException} when no tier can answer now.
     */
    public CompletionStage<Lookup> find(LinkKey key) {
        CacheKey.Stored nearKey = CacheKey.Stored.of(key, seed);
        NearEntry entry = near.get(nearKey);
        if (entry != null) {
            NearCache.Use use = near.useOf(entry);
            if (use == NearCache.Use.FRESH) {
                return CompletableFuture.completedFuture(answered(fromNear(entry, false)));
            }
            if (use == NearCache.Use.STALE) {
                fly(nearKey, key);
                return CompletableFuture.completedFuture(answered(fromNear(entry, true)));
            }
        }
        return fly(nearKey, key).thenApply(this::answered);
    }

    /**
     * What L1 and L2 know of a key: reads no source, takes no lease, starts no refresh. Costs one remote operation at most. Completes
     * with nothing when neither tier knows whether the link exists, when Redis is away, and when what is not in L1 is not in Redis by this
     * node's settings; never fails.
     */
    public CompletionStage<Optional<Lookup>> findCached(LinkKey key) {
        CacheKey.Stored nearKey = CacheKey.Stored.of(key, seed);
        NearEntry entry = near.get(nearKey);
        if (entry != null) {
            NearCache.Use use = near.useOf(entry);
            if (use == NearCache.Use.FRESH || use == NearCache.Use.STALE) {
                return CompletableFuture.completedFuture(
                        Optional.of(answered(fromNear(entry, use == NearCache.Use.STALE))));
            }
        }
        SharedSession current = sharedTier();
        return current == null
                ? CompletableFuture.completedFuture(Optional.empty())
                : new Flight(nearKey, key).readShared(current);
    }

    /**
     * Publishes a change: drops it here, tells Redis and through it every node, and drops it here again, so that what this
     * node answers after the return is the change. Blocks for at most the command timeout.
     *
     * @throws SharedTierException when Redis did not take it; this node has dropped its own copy nevertheless
     */
    @Override
    public void publish(LinkChange change) {
        publishAll(List.of(change));
    }

    /** As {@link #publish} for many changes. */
    @Override
    public void publishAll(List<LinkChange> changes) {
        for (LinkChange change : changes) {
            invalidate(CacheKey.Stored.of(change.key(), seed));
            observer.changed(change.key());
        }
        shared.publishAll(changes);
        for (LinkChange change : changes) {
            invalidate(CacheKey.Stored.of(change.key(), seed));
        }
    }

    /** True while Redis is away and entries live for the degraded time only. */
    public boolean isDegraded() {
        return near.isDegraded();
    }

    @Override
    public void close() {
        if (loads instanceof ExecutorService service) {
            service.shutdownNow();
        }
        near.clear();
    }

    CoherenceEvents coherence() {
        return new Coherence();
    }

    private CompletionStage<Lookup> fly(CacheKey.Stored nearKey, LinkKey key) {
        Flight known = flights.get(nearKey);
        if (known != null && near.stands(known.moment)) {
            metrics.joined();
            return known.result;
        }
        if (flights.mappingCount() >= settings.loads().flightsMax()) {
            String why = "more than " + settings.loads().flightsMax() + " keys are being looked up";
            Lookup standIn = lastResort(nearKey);
            return standIn != null
                    ? CompletableFuture.completedFuture(standIn)
                    : CompletableFuture.failedFuture(
                            new LinkStoreUnavailableException(why, new RejectedExecutionException(why)));
        }
        Flight created = new Flight(nearKey, key);
        Flight flight =
                flights.merge(nearKey, created, (current, mine) -> near.stands(current.moment) ? current : mine);
        if (flight == created) {
            flight.begin();
        } else {
            metrics.joined();
        }
        return flight.result;
    }

    /** L2, when it is there and this node is to use it. Without it the session still says what was changed, and L1 is no less coherent. */
    private @Nullable SharedSession sharedTier() {
        return settings.sharesLinks() ? session.get() : null;
    }

    /** Counts here and not where a flight lands: many may wait for one flight, and nobody waits for a refresh. */
    private Lookup answered(Lookup lookup) {
        metrics.answered(lookup.tier());
        if (lookup.stale()) {
            metrics.answeredStale();
        }
        return lookup;
    }

    /** What L1 still has for a lookup that no other tier can answer now, or null. */
    private @Nullable Lookup lastResort(CacheKey.Stored nearKey) {
        NearEntry entry = near.get(nearKey);
        return entry == null || near.useOf(entry) == NearCache.Use.NONE ? null : fromNear(entry, true);
    }

    private static Lookup fromNear(NearEntry entry, boolean stale) {
        return new Lookup(entry.link(), Tier.NEAR, stale, 0, 0, 0, 0, 0);
    }

    private void invalidate(CacheKey.Stored key) {
        near.advance(key);
        near.remove(key);
        metrics.invalidated();
    }

    /**
     * One lookup below L1. Passed from thread to thread by executor and futures, never used by two at a time; only
     * {@link #moment} and {@link #result} are read by joiners.
     */
    private final class Flight {
        private final CacheKey.Stored nearKey;
        private final LinkKey key;
        private final Moment moment;
        private final CompletableFuture<Lookup> result = new CompletableFuture<>();
        private long sharedNanos;
        private long leaseNanos;
        private long sourceNanos;
        private int sharedOperations;
        private int sourceQueries;

        Flight(CacheKey.Stored nearKey, LinkKey key) {
            this.nearKey = nearKey;
            this.key = key;
            this.moment = near.moment(nearKey); // before anything is read
        }

        void begin() {
            SharedSession current = sharedTier();
            if (current == null) {
                onLoadThread(this::loadFromSource);
                return;
            }
            long began = nanoTime.getAsLong();
            countSharedOperation();
            current.get(key).whenComplete((entry, failure) -> {
                sharedNanos = nanoTime.getAsLong() - began;
                if (failure != null) {
                    metrics.sharedFailure();
                    onLoadThread(this::loadFromSource);
                } else {
                    answerFromShared(current, entry);
                }
            });
        }

        /** The flight of {@link #findCached}: nobody joins it, as it may give up where others go on. */
        CompletionStage<Optional<Lookup>> readShared(SharedSession current) {
            long began = nanoTime.getAsLong();
            countSharedOperation();
            return current.get(key).handle((entry, failure) -> {
                sharedNanos = nanoTime.getAsLong() - began;
                if (failure != null) {
                    metrics.sharedFailure();
                    return Optional.empty();
                }
                if (entry.isEmpty()
                        || (isPastItsTime(entry.get()) && entry.get().link() == null)) {
                    return Optional.empty();
                }
                land(entry.get());
                return Optional.of(answered(result.join()));
            });
        }

        private void answerFromShared(SharedSession current, Optional<SharedEntry> entry) {
            if (entry.isEmpty() || (isPastItsTime(entry.get()) && entry.get().link() == null)) {
                onLoadThread(() -> loadUnderLease(current, entry));
                return;
            }
            land(entry.get());
            if (isPastItsTime(entry.get())) {
                Flight refresh = new Flight(nearKey, key);
                refresh.onLoadThread(() -> refresh.reloadIfNobodyDoes(current, entry));
            }
        }

        private void loadUnderLease(SharedSession current, Optional<SharedEntry> seen) {
            LoadLease lease = leases.next();
            long began = nanoTime.getAsLong();
            long pauseNanos = settings.shared().pollMin().toNanos();
            boolean waiting = false;
            try {
                while (true) {
                    countSharedOperation();
                    Acquisition acquisition = current.acquire(key, seen, lease);
                    long waited = nanoTime.getAsLong() - began;
                    if (acquisition instanceof Acquisition.Found found) {
                        waitedForLease(waited);
                        land(found.entry());
                        return;
                    }
                    if (acquisition instanceof Acquisition.Granted) {
                        if (waiting) { // whoever had it has given it up, or is dead
                            waitedForLease(waited);
                        }
                        loadAndFill(current, lease);
                        return;
                    }
                    waiting = true;
                    long patience = settings.shared().leaseTtl().toNanos() - waited;
                    if (patience <= 0) {
                        waitedForLease(waited);
                        metrics.leaseTimedOut();
                        break;
                    }
                    pause.nanos(Math.min(pauseNanos, patience));
                    pauseNanos =
                            Math.min(2 * pauseNanos, settings.shared().pollMax().toNanos());
                }
            } catch (SharedTierException gone) {
                metrics.sharedFailure();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LinkStoreUnavailableException("interrupted while another node loads " + key, e);
            }
            loadFromSource();
        }

        private void reloadIfNobodyDoes(SharedSession current, Optional<SharedEntry> seen) {
            LoadLease lease = leases.next();
            try {
                countSharedOperation();
                switch (current.acquire(key, seen, lease)) {
                    case Acquisition.Granted granted -> loadAndFill(current, lease);
                    case Acquisition.Found found -> land(found.entry());
                    case Acquisition.Busy busy -> {}
                }
            } catch (SharedTierException gone) {
                metrics.sharedFailure(); // the old entry keeps serving; its next reader tries again
            }
        }

        private void loadAndFill(SharedSession current, LoadLease lease) {
            Optional<Link> link;
            try {
                link = readSource();
            } catch (RuntimeException failure) {
                giveBack(current, lease, failure);
                throw failure;
            }
            long freshMillis = (link.isPresent()
                            ? settings.shared().fresh()
                            : settings.shared().absenceTtl())
                    .toMillis();
            boolean keep = true;
            try {
                countSharedOperation();
                Fill fill = current.fill(key, lease, SharedEntry.loaded(link, wallClock.millis() + freshMillis));
                metrics.filled(fill);
                keep = fill != Fill.OLDER;
            } catch (SharedTierException gone) {
                metrics.sharedFailure(); // L1 may keep it all the same: its own epoch decides
            }
            land(link.orElse(null), Tier.SOURCE, false, keep ? Long.MAX_VALUE : 0);
        }

        private void giveBack(SharedSession current, LoadLease lease, RuntimeException failure) {
            try {
                countSharedOperation();
                current.release(key, lease);
            } catch (SharedTierException gone) {
                failure.addSuppressed(gone); // it expires by itself
            }
        }

        private void loadFromSource() {
            land(readSource().orElse(null), Tier.SOURCE, false, Long.MAX_VALUE);
        }

        private Optional<Link> readSource() {
            long began = nanoTime.getAsLong();
            sourceQueries++;
            try {
                return source.find(key);
            } finally {
                sourceNanos = nanoTime.getAsLong() - began;
            }
        }

        private void land(SharedEntry entry) {
            boolean stale = isPastItsTime(entry);
            // What L2 already knows to be old is asked for again soon, in case whoever reloads it fails.
            long freshNanosMax = stale ? settings.near().degradedTtl().toNanos() : Long.MAX_VALUE;
            land(entry.link(), Tier.SHARED, stale, freshNanosMax);
        }

        /** Keeps the result if it may be kept, then lets everyone who waits for it go. In this order: who comes later finds it in L1. */
        private void land(@Nullable Link link, Tier tier, boolean stale, long freshNanosMax) {
            if (freshNanosMax > 0 && !near.put(nearKey, link, moment, freshNanosMax)) {
                metrics.dropped();
            }
            flights.remove(nearKey, this);
            result.complete(new Lookup(
                    link, tier, stale, sharedNanos, leaseNanos, sourceNanos, sharedOperations, sourceQueries));
        }

        private void crash(Throwable failure) {
            flights.remove(nearKey, this);
            Lookup standIn = failure instanceof LinkStoreUnavailableException ? lastResort(nearKey) : null;
            if (standIn != null) {
                result.complete(standIn);
            } else {
                result.completeExceptionally(failure);
            }
        }

        @SuppressWarnings("CatchingUnchecked") // whatever it is, those who wait must hear of it
        private void onLoadThread(Runnable step) {
            try {
                loads.execute(() -> {
                    try {
                        step.run();
                    } catch (Exception | Error failure) {
                        crash(failure);
                    }
                });
            } catch (RejectedExecutionException closing) {
                crash(new LinkStoreUnavailableException("this node is shutting down", closing));
            }
        }

        private void waitedForLease(long nanos) {
            leaseNanos = nanos;
            metrics.leaseWaited(nanos);
        }

        private void countSharedOperation() {
            sharedOperations++;
            metrics.sharedOperation();
        }

        private boolean isPastItsTime(SharedEntry entry) {
            return wallClock.millis() >= entry.freshUntilEpochMillis();
        }
    }

    /** Invariants 2 and 3 of the package, from the side of the events. */
    private final class Coherence implements CoherenceEvents {
        @Override
        public void invalidated(byte[] key) {
            invalidate(CacheKey.Stored.of(key, seed));
            CacheKey.linkKey(key).ifPresent(observer::changed);
        }

        @Override
        public void cleared() {
            near.clear();
            metrics.cleared();
        }

        @Override
        public synchronized void armed(SharedSession armed) {
            near.clear(); // what was loaded before may have missed an invalidation; loads under way are void
            metrics.cleared();
            near.restore();
            session.set(armed);
            observer.mayHaveMissedChanges();
        }

        @Override
        public synchronized void lost(SharedSession lost) {
            if (session.compareAndSet(lost, null)) {
                near.degrade();
            }
        }
    }
}
