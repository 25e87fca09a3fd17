/** The command line that every service shares: the same options, environment variables, exit codes, error lines and log levels. Called by {@code main} methods only. */
@NullMarked
package dev.casebook.common.cli;

import org.jspecify.annotations.NullMarked;
