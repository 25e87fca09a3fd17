package dev.casebook.urlshortener.link;

import java.util.List;

/**
 * One page of a listing.
 *
 * @param page the number asked for, from 1
 * @param itemsPerPage the size asked for
 * @param totalItems how many links match, counted up to {@link LinkRepository#COUNTED_MAX}
 */
public record LinkPage(List<Link> links, int page, int itemsPerPage, long totalItems) {
    public LinkPage {
        links = List.copyOf(links);
    }

    /** Pages there are, at least 1. */
    public int pagesCount() {
        return (int) Math.max(1, (totalItems + itemsPerPage - 1) / itemsPerPage);
    }
}
