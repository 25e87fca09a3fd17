/** What a person sees while something long runs, on a terminal and in a log. Knows nothing of what runs. */
@NullMarked
package dev.casebook.benchmarks.console;

import org.jspecify.annotations.NullMarked;
