/**
 * Counting clicks: from the redirect's hand-over into a bounded queue, through Kafka, to rollups in PostgreSQL. Nothing
 * here can slow down or fail a redirect. {@code redirect} calls {@link ClickRecorder}; {@code api} reads the statistics.
 */
@NullMarked
package dev.casebook.urlshortener.analytics;

import org.jspecify.annotations.NullMarked;
