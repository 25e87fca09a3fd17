package dev.casebook.urlshortener.analytics.stats;

import java.time.Instant;

/**
 * One point of a time series.
 *
 * @param start of the hour, day or month, UTC
 * @param clicks people's
 * @param bots crawlers', previews', prefetches'
 */
public record Bucket(Instant start, long clicks, long bots) {}
