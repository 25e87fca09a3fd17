/**
 * JMH: ids, short codes and keyed permutations of {@code common} against the libraries that people use instead. One class per
 * question; its Javadoc says what would make the comparison unfair. Run by {@code ./casebook bench common id}.
 */
@NullMarked
package dev.casebook.benchmarks.common.id;

import org.jspecify.annotations.NullMarked;
