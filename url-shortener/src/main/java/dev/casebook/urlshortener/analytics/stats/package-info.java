/**
 * Reading what was counted. Every question costs rows of rollups in the range asked for, never clicks. {@code api} calls it;
 * only {@code rollup} writes the tables it reads, save for deleting a link's visits.
 */
@NullMarked
package dev.casebook.urlshortener.analytics.stats;

import org.jspecify.annotations.NullMarked;
