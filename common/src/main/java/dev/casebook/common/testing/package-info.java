/**
 * What tests of several modules need to put a process into a situation. Plain Java without a test framework; tests call it, no service does.
 */
@NullMarked
package dev.casebook.common.testing;

import org.jspecify.annotations.NullMarked;
