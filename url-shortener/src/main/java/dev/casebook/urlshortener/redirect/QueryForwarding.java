package dev.casebook.urlshortener.redirect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Carries a visitor's query over to the destination as Shlink does: the destination's own parameters come first, except
 * those that the visitor names too; a fragment stays last. Texts stay as they were encoded.
 */
final class QueryForwarding {
    private QueryForwarding() {}

    static String append(String url, String visitorQuery) {
        if (visitorQuery.isEmpty()) {
            return url;
        }
        int hash = url.indexOf('#');
        String fragment = hash < 0 ? "" : url.substring(hash);
        String whole = hash < 0 ? url : url.substring(0, hash);
        int mark = whole.indexOf('?');
        String base = mark < 0 ? whole : whole.substring(0, mark);
        Set<String> replaced = new HashSet<>();
        parameters(visitorQuery).forEach(parameter -> replaced.add(name(parameter)));
        Stream<String> kept = mark < 0
                ? Stream.empty()
                : parameters(whole.substring(mark + 1)).filter(parameter -> !replaced.contains(name(parameter)));
        return base + '?' + Stream.concat(kept, parameters(visitorQuery)).collect(Collectors.joining("&")) + fragment;
    }

    private static Stream<String> parameters(String query) {
        return Arrays.stream(query.split("&", -1)).filter(parameter -> !parameter.isEmpty());
    }

    private static String name(String parameter) {
        int equals = parameter.indexOf('=');
        String encoded = equals < 0 ? parameter : parameter.substring(0, equals);
        try {
            return URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return encoded; // it is forwarded as it came; it only has to be recognised
        }
    }
}
