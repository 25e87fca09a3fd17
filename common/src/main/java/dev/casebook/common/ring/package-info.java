/**
 * Which of several nodes answers for a key, such that a change of the nodes moves few keys. One interface,
 * {@link dev.casebook.common.ring.ConsistentHash}, and the five algorithms in use: a ring with virtual nodes, the same ring
 * with bounded loads, jump, rendezvous and Maglev. Callers hash their keys first
 * ({@link dev.casebook.common.hash.Xxh3}); membership, health checks and replication belong to them, not here.
 */
@NullMarked
package dev.casebook.common.ring;

import org.jspecify.annotations.NullMarked;
