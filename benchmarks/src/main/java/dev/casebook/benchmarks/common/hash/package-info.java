/**
 * Our hash functions against those of hash4j, zero-allocation-hashing, Guava and, as a ceiling, the C library. {@code ./casebook bench
 * common Xxh3} and the like run them; nothing calls them.
 */
@NullMarked
package dev.casebook.benchmarks.common.hash;

import org.jspecify.annotations.NullMarked;
