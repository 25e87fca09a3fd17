/**
 * What a visitor meets: the redirect, in bytes where nothing depends on the visitor ({@code RedirectFastPath}) and in full
 * otherwise ({@code RedirectHandler}), with the pages, limits and rules on the way. Reads links through {@code cache},
 * hands clicks to {@code analytics}, and changes nothing but visit counts. Only the composition root calls it.
 */
@NullMarked
package dev.casebook.urlshortener.redirect;

import org.jspecify.annotations.NullMarked;
