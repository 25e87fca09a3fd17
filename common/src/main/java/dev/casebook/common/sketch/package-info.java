/**
 * Answers about a stream in far less memory than the stream, with errors that a formula bounds: was it there
 * ({@link dev.casebook.common.sketch.BloomFilter}, {@link dev.casebook.common.sketch.BlockedBloomFilter}), how often
 * ({@link dev.casebook.common.sketch.CountMinSketch}), how many different ones
 * ({@link dev.casebook.common.sketch.HyperLogLog}), which ones most ({@link dev.casebook.common.sketch.SpaceSaving}). Elements
 * come as well-mixed 64-bit hashes ({@link dev.casebook.common.hash.Xxh3}), but for Space-Saving, which has to name them. A
 * sketch belongs to one thread at a time; sketches of parts of a stream merge into that of the whole. Nothing here knows
 * where the bytes of a stored sketch are kept.
 */
@NullMarked
package dev.casebook.common.sketch;

import org.jspecify.annotations.NullMarked;
