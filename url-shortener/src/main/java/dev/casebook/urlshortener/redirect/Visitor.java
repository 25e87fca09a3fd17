package dev.casebook.urlshortener.redirect;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/**
 * What a rule may ask of a visitor. Texts are empty when the request had none.
 *
 * @param query decoded parameters
 */
record Visitor(InetAddress address, String userAgent, String acceptLanguage, Map<String, List<String>> query) {}
