package dev.casebook.urlshortener.cache;

/**
 * The answer to every visitor of an unconditional link, encoded once when the link enters L1. The cache carries it and
 * does not look inside. The array must not be changed.
 *
 * @param linkId of the link, so that a click of it is recorded without a look at the link: one place in memory less to be fetched
 * @param bytes the response as far as it does not change from request to request
 * @param onlyWithoutQuery true when a query string in the request would change the answer
 * @param untilEpochMillis from this moment on the answer no longer holds; {@link Long#MAX_VALUE} for never
 */
@SuppressWarnings("ArrayRecordComponent") // compared by identity only; a copy per access would defeat its purpose
public record PreparedAnswer(long linkId, byte[] bytes, boolean onlyWithoutQuery, long untilEpochMillis) {}
