/**
 * Text forms of numbers and bytes: Base62, Base58 and Crockford's Base32, each on a {@code long} without allocation and on
 * {@code byte[]}. Pure functions: no clock, no randomness, no id layouts (those are in {@code common.id}). Called wherever
 * an id meets a URL, a log line or a wire format.
 */
@NullMarked
package dev.casebook.common.codec;

import org.jspecify.annotations.NullMarked;
