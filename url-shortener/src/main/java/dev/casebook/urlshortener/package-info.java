/** Composition root of the URL shortener: reads settings, wires the packages below, starts and stops them. No logic lives here. */
@NullMarked
package dev.casebook.urlshortener;

import org.jspecify.annotations.NullMarked;
