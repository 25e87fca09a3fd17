/** Tests of what a visitor meets: in bytes, by rules, by limits, and over real connections on real stores. */
@NullMarked
package dev.casebook.urlshortener.redirect;

import org.jspecify.annotations.NullMarked;
