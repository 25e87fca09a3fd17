package dev.casebook.urlshortener.analytics.stats;

/**
 * How many clicks had one value in a dimension.
 *
 * @param value empty when unknown, {@link dev.casebook.urlshortener.analytics.Dimension#OTHER} for all beyond the limit
 */
public record ValueCount(String value, long clicks, long bots) {}
