package dev.casebook.urlshortener.analytics.stats;

import java.time.Instant;

/**
 * One visit, as long as it is kept. Texts are empty when unknown.
 *
 * @param network the visitor's address without its last bits, such as {@code 192.0.2.0}
 * @param country ISO 3166-1 alpha-2
 * @param bot a crawler, link preview or prefetch
 */
public record RecordedVisit(
        long linkId,
        Instant at,
        String referer,
        String userAgent,
        String network,
        String country,
        String browser,
        String os,
        String device,
        String language,
        boolean bot) {}
