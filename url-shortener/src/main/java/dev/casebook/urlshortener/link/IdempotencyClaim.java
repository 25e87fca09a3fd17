package dev.casebook.urlshortener.link;

import java.time.Instant;

/**
 * The wish to record which link a request made, so that its repetition makes no second one.
 *
 * @param owner the API key's id, or empty: keys of different owners are different
 * @param idempotencyKey the caller's name for the request
 * @param fingerprint keyed digest of the request, lower-case hex: tells a repetition from a misuse
 * @param now the moment of the claim
 * @param expiresAt from it on the record no longer counts
 */
public record IdempotencyClaim(
        String owner, String idempotencyKey, String fingerprint, Instant now, Instant expiresAt) {}
