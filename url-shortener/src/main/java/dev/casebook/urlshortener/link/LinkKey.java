package dev.casebook.urlshortener.link;

/**
 * What a visitor types: the host the link lives on and the slug behind the slash. The pair is unique.
 *
 * @param domain the host without port, lower case; empty for the default domain of the installation
 * @param slug the path without its leading slash, exactly as stored (slugs are case-sensitive)
 */
public record LinkKey(String domain, String slug) {
    /** A slug on the default domain. */
    public static LinkKey ofSlug(String slug) {
        return new LinkKey("", slug);
    }

    @Override
    public String toString() {
        return domain.isEmpty() ? "/" + slug : domain + "/" + slug;
    }
}
