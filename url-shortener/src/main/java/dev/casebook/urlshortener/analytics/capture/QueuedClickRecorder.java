package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.ClickRecorder;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.agrona.concurrent.AtomicBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * The queue between the event loops and the publisher: Agrona's many-to-one ring over off-heap bytes.
 *
 * <p>Why bytes and not a queue of objects: a click is 60 to 1600 bytes of differing length. A JCTools queue would carry
 * references, so either every click is allocated (and survives until the publisher has it, the worst case for a young
 * generation), or slots of the largest size are pooled with a second queue back, which costs another CAS and 1.6 kB a slot.
 * The ring packs what is there; a claim is one CAS on the tail, the copy goes straight to its place, and a release-store of
 * the length publishes it. Producers never wait: no room means false.
 *
 * <p>{@link #record} may be called by any number of threads, {@link #drain} and {@link #close} by one.
 */
final class QueuedClickRecorder implements ClickRecorder {
    /** The ring refuses messages longer than an eighth of itself; this keeps room for many of the longest. */
    static final int QUEUE_BYTES_MIN = 64 * 1024;

    private static final int MESSAGE_TYPE = 1;
    private static final int LINK_ID = 0;
    private static final int EPOCH_MILLIS = 8;
    private static final int PREFETCH = 16;
    private static final int ADDRESS_LENGTH = 17;
    private static final int USER_AGENT_LENGTH = 18;
    private static final int REFERER_LENGTH = 20;
    private static final int ACCEPT_LANGUAGE_LENGTH = 22;
    private static final int VARIABLE_PART = 24;

    private final ManyToOneRingBuffer ring;
    private final AtomicBuffer buffer;
    private final LossLedger ledger;
    private final LongAdder dropped = new LongAdder();
    private final Click drained = new Click();
    private volatile boolean closed;

    /**
     * A queue of fixed size.
     *
     * @param queueBytes a power of two, at least {@link #QUEUE_BYTES_MIN}
     * @param ledger where accepted clicks are counted
     */
    QueuedClickRecorder(int queueBytes, LossLedger ledger) {
        if (queueBytes < QUEUE_BYTES_MIN || Integer.bitCount(queueBytes) != 1) {
            throw new IllegalArgumentException(
                    "queueBytes must be a power of two >= " + QUEUE_BYTES_MIN + ": " + queueBytes);
        }
        buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(queueBytes + RingBufferDescriptor.TRAILER_LENGTH));
        ring = new ManyToOneRingBuffer(buffer);
        this.ledger = ledger;
    }

    @Override
    public boolean record(Click click) {
        int addressLength = fitting(click, 0, click.addressLength, Click.ADDRESS_BYTES_MAX);
        int userAgentLength = fitting(click, click.userAgentOffset, click.userAgentLength, Click.HEADER_BYTES_MAX);
        int refererLength = fitting(click, click.refererOffset, click.refererLength, Click.HEADER_BYTES_MAX);
        int acceptLanguageLength =
                fitting(click, click.acceptLanguageOffset, click.acceptLanguageLength, Click.HEADER_BYTES_MAX);
        int length = VARIABLE_PART + addressLength + userAgentLength + refererLength + acceptLanguageLength;
        if (closed) {
            dropped.increment();
            return false;
        }
        ledger.accept();
        int at = ring.tryClaim(MESSAGE_TYPE, length);
        if (at < 0) {
            ledger.refuse();
            dropped.increment();
            return false;
        }
        buffer.putLong(at + LINK_ID, click.linkId);
        buffer.putLong(at + EPOCH_MILLIS, click.epochMillis);
        buffer.putByte(at + PREFETCH, (byte) (click.prefetch ? 1 : 0));
        buffer.putByte(at + ADDRESS_LENGTH, (byte) addressLength);
        buffer.putShort(at + USER_AGENT_LENGTH, (short) userAgentLength);
        buffer.putShort(at + REFERER_LENGTH, (short) refererLength);
        buffer.putShort(at + ACCEPT_LANGUAGE_LENGTH, (short) acceptLanguageLength);
        int to = put(at + VARIABLE_PART, click, 0, addressLength);
        to = put(to, click, click.userAgentOffset, userAgentLength);
        to = put(to, click, click.refererOffset, refererLength);
        put(to, click, click.acceptLanguageOffset, acceptLanguageLength);
        ring.commit(at);
        return true;
    }

    private int put(int to, Click click, int offset, int length) {
        if (length > 0) {
            buffer.putBytes(to, click.bytes, offset, length);
        }
        return to + length;
    }

    /** Checked before the claim: an exception between claim and commit would stop the queue for good. */
    private static int fitting(Click click, int offset, int length, int max) {
        int cut = Math.max(0, Math.min(length, max));
        return offset >= 0 && offset <= click.bytes.length - cut ? cut : 0;
    }

    /**
     * Hands at most {@code limit} clicks, oldest first, to {@code consumer}, which must not keep the flyweight it gets.
     *
     * @return how many there were
     */
    int drain(Consumer<Click> consumer, int limit) {
        return ring.read(
                (messageType, source, at, length) -> {
                    Click click = drained;
                    click.linkId = source.getLong(at + LINK_ID);
                    click.epochMillis = source.getLong(at + EPOCH_MILLIS);
                    click.prefetch = source.getByte(at + PREFETCH) != 0;
                    click.addressLength = source.getByte(at + ADDRESS_LENGTH);
                    click.userAgentLength = source.getShort(at + USER_AGENT_LENGTH);
                    click.refererLength = source.getShort(at + REFERER_LENGTH);
                    click.acceptLanguageLength = source.getShort(at + ACCEPT_LANGUAGE_LENGTH);
                    click.userAgentOffset = click.addressLength;
                    click.refererOffset = click.userAgentOffset + click.userAgentLength;
                    click.acceptLanguageOffset = click.refererOffset + click.refererLength;
                    source.getBytes(at + VARIABLE_PART, click.bytes, 0, length - VARIABLE_PART);
                    consumer.accept(click);
                },
                limit);
    }

    /** From now on every click is refused and counted as dropped. */
    void close() {
        closed = true;
    }

    /** Clicks accepted so far, all threads together. */
    long recorded() {
        return ledger.accepted();
    }

    /** Clicks refused so far because the queue was full or closed. */
    long dropped() {
        return dropped.sum();
    }

    /** Bytes waiting to be drained. */
    int queuedBytes() {
        return ring.size();
    }
}
