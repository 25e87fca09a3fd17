package dev.casebook.urlshortener.id;

import dev.casebook.common.permute.FeistelPermutation;
import dev.casebook.common.permute.KeyedPermutation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The default strategy: counters leased in blocks from a sequence, sent through a keyed permutation of [0, 62^7).
 *
 * <p>Counters are unique because the sequence gives each block once; codes are because a permutation is a bijection. So two
 * generated codes never collide, at any fill, and only custom slugs can be in the way. The permutation hides order and
 * volume from whoever lacks the key; it does not hide density (see {@link RandomGenerator#PRIVATE_LENGTH} for links that must
 * not be found by guessing).
 *
 * <p>Cost: one store call per {@value BlockLeases#BLOCK_SIZE} codes, made in the background when {@link #PREFETCH_AT} of the
 * block are used, so that callers wait for one only if they use up the rest faster than a lease takes. Counters left in a block when the
 * process ends are lost; the space has room for billions of such restarts.
 *
 * <p>Thread-safe. A counter costs one atomic increment; the lock is taken once per block.
 */
public final class SequenceBlockGenerator implements ShortCodeGenerator {
    /** Share of a block after which the next one is leased. */
    static final double PREFETCH_AT = 0.5;

    /** How long a prefetch under way is waited for once its block is needed. */
    static final Duration PREFETCH_WAIT = Duration.ofSeconds(2);

    private static final int PREFETCH_COUNTER = (int) (BlockLeases.BLOCK_SIZE * PREFETCH_AT);

    private final BlockLeases leases;
    private final KeyedPermutation permutation;
    private final Executor background;
    private final ReentrantLock advancing = new ReentrantLock();
    private volatile Block current = new Block(0, BlockLeases.BLOCK_SIZE); // used up: the first call leases

    // Guarded by `advancing`.
    private @Nullable CompletableFuture<Block> next;

    /**
     * Makes a generator; the first block is leased by the first call.
     *
     * @param key 16 secret bytes, the same on all nodes for the installation's whole life: with another key the codes
     *     of new counters would meet those of old ones
     * @param background runs the prefetch, which blocks: a virtual thread per task
     */
    public SequenceBlockGenerator(BlockLeases leases, byte[] key, Executor background) {
        this.leases = leases;
        this.background = background;
        permutation = new FeistelPermutation(key, CodeSpace.SIZE);
    }

    @Override
    public String next(String longUrl, int attempt) {
        return CodeSpace.encode(permutation.permute(nextCounter()));
    }

    @Override
    public String name() {
        return "sequence-block";
    }

    private long nextCounter() {
        while (true) {
            Block block = current;
            long used = block.used.getAndIncrement();
            if (used == PREFETCH_COUNTER) {
                prefetch();
            }
            if (used < BlockLeases.BLOCK_SIZE) {
                return block.first + used;
            }
            advance(block);
        }
    }

    private void prefetch() {
        advancing.lock();
        try {
            if (next == null) {
                next = CompletableFuture.supplyAsync(this::lease, background);
            }
        } finally {
            advancing.unlock();
        }
    }

    /** Replaces a used-up block; of the threads that saw it used up one does so and the others wait for it. */
    private void advance(Block usedUp) {
        advancing.lock();
        try {
            if (current != usedUp) {
                return;
            }
            CompletableFuture<Block> prefetched = next;
            next = null;
            current = prefetched == null ? lease() : prefetchedOrLease(prefetched);
        } catch (RuntimeException failure) {
            throw new ShortCodesUnavailableException(
                    "cannot lease a block of counters: " + failure.getMessage(), failure);
        } finally {
            advancing.unlock();
        }
    }

    /** A prefetch that failed, perhaps long ago, or hangs says nothing about now. */
    private Block prefetchedOrLease(CompletableFuture<Block> prefetched) {
        try {
            return prefetched.get(PREFETCH_WAIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException noBlock) {
            return lease();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for a block", interrupted);
        }
    }

    private Block lease() {
        long first = leases.leaseBlock();
        if (first < 0 || first > CodeSpace.SIZE - BlockLeases.BLOCK_SIZE) {
            throw new IllegalStateException(
                    "the sequence is outside of the code space of " + CodeSpace.SIZE + ": " + first);
        }
        return new Block(first, 0);
    }

    private static final class Block {
        final long first;
        final AtomicLong used;

        Block(long first, long used) {
            this.first = first;
            this.used = new AtomicLong(used);
        }
    }
}
