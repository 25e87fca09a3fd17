package dev.casebook.urlshortener.analytics.stats;

import dev.casebook.urlshortener.analytics.LinkCount;
import dev.casebook.urlshortener.analytics.OrphanKind;
import java.util.Map;

/**
 * The installation as a whole.
 *
 * @param links all links' clicks together
 * @param orphans visits that met no link, by kind
 */
public record Overview(LinkCount links, Map<OrphanKind, LinkCount> orphans) {
    public Overview {
        orphans = Map.copyOf(orphans);
    }
}
