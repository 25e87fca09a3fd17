/**
 * The load driver: open-loop pacing, recording and reporting, and the HTTP backend. Another protocol is another {@link
 * dev.casebook.benchmarks.load.LoadTarget}; nothing here changes for it. Knows no case study: those put their scenarios
 * beside their other benchmarks.
 */
@NullMarked
package dev.casebook.benchmarks.load;

import org.jspecify.annotations.NullMarked;
