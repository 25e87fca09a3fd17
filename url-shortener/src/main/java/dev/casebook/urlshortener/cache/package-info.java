/**
 * The three tiers a redirect reads through, and the protocol that keeps them coherent across nodes: L1 (Caffeine, in this
 * process) over L2 (Redis, shared) over the {@link dev.casebook.urlshortener.link.LinkSource} (PostgreSQL, the truth).
 * {@code redirect} looks links up here, {@code api} and the outbox publish changes here; nothing here knows HTTP or SQL.
 *
 * <h2>Invariants</h2>
 *
 * A change of a key commits with a version greater than all before it, and is <em>published</em> one or more times, at
 * any later moment and in any order.
 *
 * <ol>
 *   <li><b>L2 never goes back.</b> Once version {@code v} of a key is published, L2 holds nothing of that key older than
 *       {@code v}. A loader may only fill L2 while it holds the key's lease, every publication revokes the lease in the
 *       same script that changes the entry, and the lease is taken before the source is read: so whatever a lease holder
 *       fills was read after every change published so far. A publication replaces an older entry in place; where there
 *       is none it leaves only a <em>fence</em> (a versioned tombstone), because a late publication must not bring back a
 *       value that was published, superseded and evicted meanwhile.
 *   <li><b>L1 never keeps what it was told to drop.</b> Each load captures its key's epoch before it reads anything; an
 *       invalidation advances the epoch, forgets the load in flight, then removes the entry; the load's result is kept
 *       only if the epoch still stands, decided under the same per-key lock as the removal. A request that arrives after
 *       the invalidation therefore never joins or sees an older load.
 *   <li><b>Every publication is heard, or L1 knows that it may have missed one.</b> Each publication writes the fence,
 *       and the fence prefix is tracked ({@code CLIENT TRACKING ON BCAST}). Data and tracking connections form one
 *       <em>session</em>, are watched by one heartbeat and die together; without a session L1 is <em>degraded</em>: an
 *       entry serves for one second after it was loaded, and L2 is not consulted. Coming back, tracking is armed first,
 *       then L1 is emptied, then the session is used. A Redis that answers and takes no writes counts as away, for no
 *       publication comes through it; one that only lacks the memory for loads does not, for publications need none.
 *   <li><b>A restarted Redis is an empty one.</b> Entries carry the server's run id and count only within it, because what
 *       a snapshot or an append-only file brings back may be older than what was published and acknowledged.
 *   <li><b>One load per cold key in the cluster</b>: one flight per key in a process, one lease per key across processes,
 *       and taking the lease re-checks the entry in the same script. A dead lease holder delays others by at most the
 *       lease's time to live. A refused or lost lease costs a second read, never a wrong value.
 * </ol>
 *
 * The interleaving tests run these classes under every schedule of small scenarios; the scripts are compared with the
 * model those tests use, command by command, on a real Redis.
 */
@NullMarked
package dev.casebook.urlshortener.cache;

import org.jspecify.annotations.NullMarked;
