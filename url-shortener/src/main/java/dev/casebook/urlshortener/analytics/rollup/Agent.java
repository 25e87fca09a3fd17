package dev.casebook.urlshortener.analytics.rollup;

/**
 * What a User-Agent header tells.
 *
 * @param browser family, empty when unknown
 * @param os family, empty when unknown
 * @param device family, empty when unknown
 * @param bot true for crawlers, link previews, monitors and command-line clients
 */
record Agent(String browser, String os, String device, boolean bot) {
    /** No header, or nothing known in it. */
    static final Agent UNKNOWN = new Agent("", "", "", false);
}
