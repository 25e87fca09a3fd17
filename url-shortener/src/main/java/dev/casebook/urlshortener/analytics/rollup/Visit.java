package dev.casebook.urlshortener.analytics.rollup;

/** One click as it is kept for looking at. Texts are empty when unknown. */
record Visit(
        long linkId,
        long epochMillis,
        String referer,
        String userAgent,
        String network,
        String country,
        Agent agent,
        String language,
        boolean bot) {}
