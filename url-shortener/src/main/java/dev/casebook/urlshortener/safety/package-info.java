/**
 * Where links may lead, and looking there without being led astray: destination policies, the blocklist that is applied
 * again after creation, and the title fetcher that refuses to reach into private networks. {@code link} defines the
 * interfaces; only the composition root knows these classes.
 */
@NullMarked
package dev.casebook.urlshortener.safety;

import org.jspecify.annotations.NullMarked;
