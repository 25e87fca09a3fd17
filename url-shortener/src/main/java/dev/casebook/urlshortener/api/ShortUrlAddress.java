package dev.casebook.urlshortener.api;

import dev.casebook.urlshortener.link.LinkKey;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * Public addresses of links.
 *
 * @param base scheme and authority of the default domain, without a trailing slash; links on another domain share its scheme
 */
record ShortUrlAddress(Supplier<URI> base) {
    String of(LinkKey key) {
        String slug = URLEncoder.encode(key.slug(), StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
        return key.domain().isEmpty()
                ? base.get() + "/" + slug
                : base.get().getScheme() + "://" + key.domain() + "/" + slug;
    }
}
