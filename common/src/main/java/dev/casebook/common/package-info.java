/** What every case study shares and nothing that knows one: IDs, hashing, codecs, sketches, HTTP, metrics, lifecycle, command line. */
@NullMarked
package dev.casebook.common;

import org.jspecify.annotations.NullMarked;
