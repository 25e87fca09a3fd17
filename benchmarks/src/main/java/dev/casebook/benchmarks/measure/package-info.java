/**
 * What a number is: medians with spread, ratios with confidence, a process's CPU time, and the machine it was taken on.
 * Knows no case study and draws nothing. {@code load}, {@code jmh} and {@code lab} call it.
 */
@NullMarked
package dev.casebook.benchmarks.measure;

import org.jspecify.annotations.NullMarked;
