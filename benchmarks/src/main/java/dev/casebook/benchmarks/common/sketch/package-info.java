/**
 * Our sketches against Guava's, fastfilter's and hash4j's. {@code ./casebook bench common Bloom}, {@code HyperLogLog} and {@code Counting}
 * run them; nothing calls them.
 */
@NullMarked
package dev.casebook.benchmarks.common.sketch;

import org.jspecify.annotations.NullMarked;
