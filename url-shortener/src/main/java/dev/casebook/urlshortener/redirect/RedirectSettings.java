package dev.casebook.urlshortener.redirect;

import java.time.Duration;

/**
 * The limits of the visitor's side.
 *
 * @param permanentMaxAge how long a browser may keep a 301 or 308; other redirects it asks for each time, so that each
 *     click is counted
 * @param missesBurst unknown codes that the clients of one /24 or /64 network may ask for at once
 * @param missEvery how often they get one more
 * @param cachedBurst lookups in the caches alone that such a network may make at once while its misses are used up
 * @param cachedEvery how often it gets one more
 * @param passwordsBurst wrong passwords that the clients of one such network may try on one link at once
 * @param passwordEvery how often they get one more
 * @param passwordPatience how long a try waits for those of its network, and then for those of others, to be checked
 * @param clientsMax clients whose budgets are remembered, least used forgotten first
 * @param retryAfter what a visitor is told when the stores cannot answer
 * @param crawlableMax codes named in robots.txt
 */
public record RedirectSettings(
        Duration permanentMaxAge,
        int missesBurst,
        Duration missEvery,
        int cachedBurst,
        Duration cachedEvery,
        int passwordsBurst,
        Duration passwordEvery,
        Duration passwordPatience,
        int clientsMax,
        Duration retryAfter,
        int crawlableMax) {
    public static RedirectSettings defaults() {
        return new RedirectSettings(
                Duration.ofSeconds(30),
                60,
                Duration.ofSeconds(1),
                100,
                Duration.ofMillis(20),
                5,
                Duration.ofSeconds(12),
                Duration.ofSeconds(2),
                65_536,
                Duration.ofSeconds(1),
                10_000);
    }
}
