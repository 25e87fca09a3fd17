/**
 * What a lookup of a key's node costs by algorithm and number of nodes. {@code ./casebook bench common Ring} runs it; nothing calls it.
 */
@NullMarked
package dev.casebook.benchmarks.common.ring;

import org.jspecify.annotations.NullMarked;
