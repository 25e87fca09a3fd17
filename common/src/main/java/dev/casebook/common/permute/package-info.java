/**
 * Keyed permutations of the numbers below n: what turns a counter into codes that nobody can guess or count, without
 * collisions and without a table. Pure arithmetic on keys given by the caller; where keys come from and how a number is
 * spelt is the business of others. Called by id strategies such as the URL shortener's.
 */
@NullMarked
package dev.casebook.common.permute;

import org.jspecify.annotations.NullMarked;
