/** The protocols from the outside: other people's clients, documents, bad input and many callers at once. */
@NullMarked
package dev.casebook.urlshortener.api;

import org.jspecify.annotations.NullMarked;
