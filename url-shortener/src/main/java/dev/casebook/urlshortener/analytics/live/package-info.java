/**
 * Counts as they grow, for pages that show them live, on whichever node they are open. Nothing here counts: a lost message
 * is made good by the next. The composition root joins it to the aggregator; {@code api} subscribes.
 */
@NullMarked
package dev.casebook.urlshortener.analytics.live;

import org.jspecify.annotations.NullMarked;
