/**
 * Reports: the blocks one is made of, and their rendering as self-contained HTML with inline SVG, Markdown, console text
 * and JSON. Knows no case study and measures nothing. {@code load}, {@code jmh} and {@code lab} build reports.
 */
@NullMarked
package dev.casebook.benchmarks.report;

import org.jspecify.annotations.NullMarked;
