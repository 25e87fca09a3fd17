/**
 * The node's side of counting: the queue between event loops and the one thread that packs clicks into batches, the sender
 * to Kafka and the spool that stands in for it. Nothing here reads clicks back or knows PostgreSQL's rollups. The
 * composition root opens a {@link dev.casebook.urlshortener.analytics.capture.ClickCapture} and hands its recorder to
 * {@code redirect}.
 */
@NullMarked
package dev.casebook.urlshortener.analytics.capture;

import org.jspecify.annotations.NullMarked;
