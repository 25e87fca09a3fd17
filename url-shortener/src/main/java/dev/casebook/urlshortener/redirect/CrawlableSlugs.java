package dev.casebook.urlshortener.redirect;

import java.util.List;

/** The slugs of the default domain that crawlers may follow. Blocking; safe for concurrent use. */
@FunctionalInterface
public interface CrawlableSlugs {
    /** At most {@code limit} of them, in any order. */
    List<String> list(int limit);
}
