/**
 * Runs JMH suites in interleaved rounds, compares ours with the peers of the same run and with older runs. Knows no case
 * study: suites are found by their package. {@code BenchCommand} calls it.
 */
@NullMarked
package dev.casebook.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
