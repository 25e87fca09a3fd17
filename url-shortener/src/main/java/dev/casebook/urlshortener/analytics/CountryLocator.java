package dev.casebook.urlshortener.analytics;

/**
 * Tells the country of an address. It only ever sees addresses whose last bits are cut off (IPv4 to /24, IPv6 to /48), as
 * those are all that leaves the node that took the click. Safe for concurrent use; must not block.
 */
@FunctionalInterface
public interface CountryLocator {
    /** Knows no country: what an installation without a database uses. */
    CountryLocator NONE = prefix -> "";

    /**
     * Looks up a network.
     *
     * @param prefix 3 bytes (IPv4 /24), 6 bytes (IPv6 /48) or none at all
     * @return ISO 3166-1 alpha-2 in upper case, or an empty string when unknown
     */
    String countryOf(byte[] prefix);
}
