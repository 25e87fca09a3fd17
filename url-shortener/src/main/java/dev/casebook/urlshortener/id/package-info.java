/**
 * How a short code comes about: five strategies behind {@link ShortCodeGenerator}. What is unique is decided by the
 * store's UNIQUE constraint, never here. {@code link} asks for codes; {@code store} leases the blocks.
 */
@NullMarked
package dev.casebook.urlshortener.id;

import org.jspecify.annotations.NullMarked;
