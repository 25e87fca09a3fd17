/**
 * Tests of the tiers: what each class promises, the protocol under every schedule of small scenarios, and the same with a
 * real Redis and PostgreSQL, whole and broken.
 */
@NullMarked
package dev.casebook.urlshortener.cache;

import org.jspecify.annotations.NullMarked;
