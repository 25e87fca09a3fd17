package dev.casebook.urlshortener.redirect;

import java.net.InetAddress;
import java.util.Optional;

/** Where an address is, as far as a database tells. Safe for concurrent use; must not block. */
@FunctionalInterface
public interface GeoLocator {
    /** Without a database: nowhere. Conditions on places then never match. */
    GeoLocator NOWHERE = address -> Optional.empty();

    Optional<Place> locate(InetAddress address);

    /**
     * A place.
     *
     * @param countryCode ISO 3166-1 alpha-2
     * @param cityName in English, empty when unknown
     */
    record Place(String countryCode, String cityName) {}
}
