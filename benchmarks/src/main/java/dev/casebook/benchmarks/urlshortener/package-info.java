/** The URL shortener's load scenarios, labs and JMH suites, with its peers beside it. */
@NullMarked
package dev.casebook.benchmarks.urlshortener;

import org.jspecify.annotations.NullMarked;
