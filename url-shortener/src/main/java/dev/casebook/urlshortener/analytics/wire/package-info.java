/**
 * The bytes in which clicks travel: many clicks to one checksummed, versioned batch with an identity of its own. Pure
 * encoding; no Kafka and no files. {@code capture} writes batches, {@code rollup} reads them, the spool stores them.
 */
@NullMarked
package dev.casebook.urlshortener.analytics.wire;

import org.jspecify.annotations.NullMarked;
