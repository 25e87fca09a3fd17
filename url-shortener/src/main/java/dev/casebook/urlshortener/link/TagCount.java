package dev.casebook.urlshortener.link;

/** A tag and how many links carry it. */
public record TagCount(String tag, long links) {}
