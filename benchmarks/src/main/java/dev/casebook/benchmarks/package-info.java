/** Command-line entry of the load driver, the JMH runner and the labs. What runs, and how it is reported, lives in the packages below. */
@NullMarked
package dev.casebook.benchmarks;

import org.jspecify.annotations.NullMarked;
