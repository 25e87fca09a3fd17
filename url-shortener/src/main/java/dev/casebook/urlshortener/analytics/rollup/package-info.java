/**
 * From Kafka to PostgreSQL, each click exactly once: the consumer, what it derives from a click, the sums it makes of a
 * poll, and the transaction that adds them. Statistics are read in {@code stats}; nothing here serves requests.
 */
@NullMarked
package dev.casebook.urlshortener.analytics.rollup;

import org.jspecify.annotations.NullMarked;
