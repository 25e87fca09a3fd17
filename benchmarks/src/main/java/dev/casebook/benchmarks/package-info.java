/** Command-line entry of the load driver, the JMH runner and the labs. */
@NullMarked
package dev.casebook.benchmarks;

import org.jspecify.annotations.NullMarked;
