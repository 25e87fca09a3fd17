package dev.casebook.urlshortener.analytics.wire;

import dev.casebook.common.hash.Xxh3;
import dev.casebook.urlshortener.analytics.Click;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Appends clicks to one batch and seals it. Reused from batch to batch by the one thread that owns it; appending allocates
 * nothing, sealing allocates the batch.
 *
 * <p>The dictionary of header values is an open-addressing table over the batch's own bytes: an entry is the place where the
 * text already stands. It is never more than half full, and its hash is seeded, so that visitors cannot choose header
 * values that collide.
 */
public final class ClickBatchWriter {
    /** No batch is longer. */
    public static final int BATCH_BYTES_MAX = 32 * 1024;

    /** No single click takes more, so that room for it can be checked once. */
    static final int CLICK_BYTES_MAX = 2 * BatchFormat.VARINT_BYTES_MAX
            + 1
            + Click.ADDRESS_BYTES_MAX
            + Long.BYTES
            + 3 * (2 * BatchFormat.VARINT_BYTES_MAX + Click.HEADER_BYTES_MAX);

    private static final int TABLE_SIZE = 2 * BatchFormat.TEXTS_MAX;
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final long seed;
    private final byte[] batch = new byte[BATCH_BYTES_MAX];
    /** Text number + 1 by hash; 0 is free. */
    private final short[] table = new short[TABLE_SIZE];

    private final int[] textOffset = new int[BatchFormat.TEXTS_MAX];
    private final int[] textLength = new int[BatchFormat.TEXTS_MAX];
    private int texts;
    private int position = BatchFormat.HEADER_BYTES;
    private int clicks;
    private long baseMillis;

    /** A writer without clicks. */
    public ClickBatchWriter(long seed) {
        this.seed = seed;
    }

    public boolean isEmpty() {
        return clicks == 0;
    }

    /** Number of clicks appended since the last seal. */
    public int clicks() {
        return clicks;
    }

    /**
     * Appends a click.
     *
     * @param prefix the network the click came from: the first {@code prefixLength} bytes (0, 3 or 6) of an address
     * @return false when the batch has no room: seal it and append again
     */
    public boolean append(Click click, byte[] prefix, int prefixLength, long visitorHash) {
        if (position + CLICK_BYTES_MAX > BATCH_BYTES_MAX
                || clicks == BatchFormat.CLICKS_MAX
                || texts + 3 > BatchFormat.TEXTS_MAX) {
            return false;
        }
        if (clicks == 0) {
            baseMillis = click.epochMillis;
        }
        clicks++;
        putVarint(BatchFormat.zigzag(click.linkId));
        putVarint(BatchFormat.zigzag(click.epochMillis - baseMillis));
        batch[position++] = (byte) (prefixLength | (click.prefetch ? BatchFormat.PREFETCH_BIT : 0));
        System.arraycopy(prefix, 0, batch, position, prefixLength);
        position += prefixLength;
        LONG.set(batch, position, visitorHash);
        position += Long.BYTES;
        putText(click.bytes, click.userAgentOffset, click.userAgentLength);
        putText(click.bytes, click.refererOffset, click.refererLength);
        putText(click.bytes, click.acceptLanguageOffset, click.acceptLanguageLength);
        return true;
    }

    /** Ends the batch, returns its bytes and leaves the writer empty. */
    public byte[] seal(BatchIdentity identity) {
        SHORT.set(batch, 0, (short) BatchFormat.MAGIC);
        batch[2] = BatchFormat.VERSION;
        batch[3] = 0;
        INT.set(batch, BatchFormat.LENGTH_OFFSET, position);
        INT.set(batch, BatchFormat.PARTITION_OFFSET, identity.partition());
        LONG.set(batch, BatchFormat.SESSION_OFFSET, identity.session());
        LONG.set(batch, BatchFormat.SEQUENCE_OFFSET, identity.sequence());
        LONG.set(batch, BatchFormat.TIME_OFFSET, baseMillis << 16 | clicks);
        INT.set(batch, BatchFormat.CRC_OFFSET, BatchFormat.checksum(batch, position));
        byte[] sealed = Arrays.copyOf(batch, position);
        Arrays.fill(table, (short) 0);
        texts = 0;
        position = BatchFormat.HEADER_BYTES;
        clicks = 0;
        return sealed;
    }

    private void putText(byte[] source, int offset, int length) {
        if (length == 0) {
            batch[position++] = BatchFormat.TEXT_ABSENT;
            return;
        }
        int slot = (int) Xxh3.hash64(source, offset, length, seed) & TABLE_SIZE - 1;
        while (table[slot] != 0) {
            int text = table[slot] - 1;
            int at = textOffset[text];
            if (textLength[text] == length && Arrays.equals(batch, at, at + length, source, offset, offset + length)) {
                putVarint(text + BatchFormat.TEXT_KNOWN);
                return;
            }
            slot = slot + 1 & TABLE_SIZE - 1;
        }
        batch[position++] = BatchFormat.TEXT_NEW;
        putVarint(length);
        table[slot] = (short) (texts + 1);
        textOffset[texts] = position;
        textLength[texts] = length;
        texts++;
        System.arraycopy(source, offset, batch, position, length);
        position += length;
    }

    private void putVarint(long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            batch[position++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        batch[position++] = (byte) rest;
    }
}
