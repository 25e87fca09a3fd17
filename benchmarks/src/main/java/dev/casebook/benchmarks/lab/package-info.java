/**
 * The frame of an experiment: what a {@link dev.casebook.benchmarks.lab.Lab} is, what it is given, interleaved rounds,
 * and peers as child processes. Knows no case study: those put their labs beside their other benchmarks.
 */
@NullMarked
package dev.casebook.benchmarks.lab;

import org.jspecify.annotations.NullMarked;
