/**
 * The service's protocols: Shlink's REST v3, YOURLS' {@code yourls-api.php}, our own REST under {@code /api/v1}, QR codes. Each
 * endpoint decodes, calls {@code link}, {@code analytics} or {@code auth}, and encodes; no rule about links is decided here.
 */
@NullMarked
package dev.casebook.urlshortener.api;

import org.jspecify.annotations.NullMarked;
