package dev.casebook.urlshortener.analytics;

/** Length of a bucket in a time series, in UTC. Months are summed from days when read. */
public enum Granularity {
    HOUR,
    DAY,
    MONTH
}
