/** Opens the real servers a case study stands on: given by URL, or embedded from Maven Central binaries. Case studies and tests call it. */
@NullMarked
package dev.casebook.backing;

import org.jspecify.annotations.NullMarked;
