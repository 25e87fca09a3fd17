/** What {@code common} brings to be experimented with. Its benchmarks live in the packages below, named as what they measure. */
@NullMarked
package dev.casebook.benchmarks.common;

import org.jspecify.annotations.NullMarked;
