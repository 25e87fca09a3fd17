/**
 * PostgreSQL behind the domain's interfaces: links with their outbox, leases of code blocks and worker ids, API keys,
 * installation secrets, blocked hosts. All SQL of these lives here and none of the rules. The composition root makes the
 * objects; {@code link}, {@code id}, {@code auth} and {@code safety} see only their own interfaces.
 */
@NullMarked
package dev.casebook.urlshortener.store;

import org.jspecify.annotations.NullMarked;
