/**
 * What a short link is and the rules for making and changing one. Plain Java: no HTTP, SQL, Redis or Kafka types. The
 * adapters in {@code api}, {@code store}, {@code cache} and {@code redirect} call it or implement its interfaces.
 */
@NullMarked
package dev.casebook.urlshortener.link;

import org.jspecify.annotations.NullMarked;
