package dev.casebook.urlshortener.link;

/**
 * A destination in the one spelling that is stored, compared and sent.
 *
 * @param url ASCII, without control characters, at most {@link UrlNormalizer#URL_BYTES_MAX} long: safe in a header
 * @param scheme lower case
 * @param host ASCII (punycode), lower case, IPv6 in brackets; empty when the scheme has no authority, as {@code mailto}
 * @param port the port that is connected to; -1 when the scheme has none
 * @param displayHost the host as a person should be shown it: Unicode, unless that could be taken for another host
 * @param homograph whether {@code displayHost} shows punycode because the Unicode form could deceive
 */
public record NormalizedUrl(String url, String scheme, String host, int port, String displayHost, boolean homograph) {}
