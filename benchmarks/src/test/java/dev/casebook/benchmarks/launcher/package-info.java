/** {@code ./casebook} as a user types it: in copies of the workspace, on machines that are not quite as expected. */
@NullMarked
package dev.casebook.benchmarks.launcher;

import org.jspecify.annotations.NullMarked;
