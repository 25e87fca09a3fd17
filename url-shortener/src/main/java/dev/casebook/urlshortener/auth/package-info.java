/**
 * Who may do what: API keys with their restrictions, and hashed passwords of links. Knows no HTTP and no SQL; {@code api} asks
 * it for every request, {@code store} keeps the keys.
 */
@NullMarked
package dev.casebook.urlshortener.auth;

import org.jspecify.annotations.NullMarked;
