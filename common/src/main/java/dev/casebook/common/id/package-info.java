/**
 * Unique, time-ordered ids made without asking anyone: Snowflake and its relatives, TSID, UUIDv7, ULID; the lease of the
 * worker id that the short ones need; and what happens when the clock misbehaves. No storage (a service implements
 * {@link dev.casebook.common.id.WorkerIdLeaseStore} over its own) and no text codecs (those are in {@code common.codec}).
 */
@NullMarked
package dev.casebook.common.id;

import org.jspecify.annotations.NullMarked;
