package dev.casebook.urlshortener.analytics.wire;

/**
 * What makes a batch countable once however often it arrives. Kafka's idempotent producer forgets its sequence when the
 * process restarts, and a batch whose acknowledgement was lost is sent again from the spool; this identity travels inside
 * the batch, so both are recognised.
 *
 * @param session drawn at random whenever a sender starts afresh (process start, begin of an outage)
 * @param partition the Kafka partition that every copy of the batch goes to, so that one consumer sees them all
 * @param sequence 0, 1, 2... per session and partition
 */
public record BatchIdentity(long session, int partition, long sequence) {}
