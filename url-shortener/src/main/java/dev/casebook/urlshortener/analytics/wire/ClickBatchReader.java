package dev.casebook.urlshortener.analytics.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Walks the clicks of one batch: {@link #next()} moves on, the getters tell of the click it stands on. Not thread-safe.
 * Texts come as numbers within the batch, so that a caller can keep what it has derived from each of them;
 * {@link #NO_TEXT} stands for an absent one.
 */
public final class ClickBatchReader {
    /** The number of an absent text. */
    public static final int NO_TEXT = -1;

    private final byte[] batch;
    private final BatchIdentity identity;
    private final long baseMillis;
    private final int clicks;
    private final int end;

    private int[] textOffset = new int[64];
    private int[] textLength = new int[64];
    private @Nullable String[] textValue = new String[64];
    private int texts;
    private int position = BatchFormat.HEADER_BYTES;
    private int read;

    private long linkId;
    private long epochMillis;
    private boolean prefetch;
    private byte[] prefix = new byte[0];
    private long visitorHash;
    private int userAgent;
    private int referer;
    private int acceptLanguage;

    /**
     * Checks a batch as a whole and stands before its first click.
     *
     * @throws CorruptBatchException when the bytes are not exactly one sound batch of a known version
     */
    public ClickBatchReader(byte[] batch) throws CorruptBatchException {
        if (batch.length < BatchFormat.HEADER_BYTES) {
            throw new CorruptBatchException("shorter than a header: " + batch.length + " bytes");
        }
        ByteBuffer header = ByteBuffer.wrap(batch);
        if ((header.getShort(0) & 0xFFFF) != BatchFormat.MAGIC) {
            throw new CorruptBatchException(
                    "not a click batch: it begins with " + Integer.toHexString(header.getInt(0)));
        }
        if (batch[2] != BatchFormat.VERSION) {
            throw new CorruptBatchException("unknown version " + batch[2] + ", this reads " + BatchFormat.VERSION);
        }
        if (header.getInt(BatchFormat.LENGTH_OFFSET) != batch.length) {
            throw new CorruptBatchException(
                    "length " + header.getInt(BatchFormat.LENGTH_OFFSET) + " but " + batch.length + " bytes");
        }
        if (header.getInt(BatchFormat.CRC_OFFSET) != BatchFormat.checksum(batch, batch.length)) {
            throw new CorruptBatchException("checksum does not match");
        }
        this.batch = batch;
        end = batch.length;
        identity = new BatchIdentity(
                header.getLong(BatchFormat.SESSION_OFFSET),
                header.getInt(BatchFormat.PARTITION_OFFSET),
                header.getLong(BatchFormat.SEQUENCE_OFFSET));
        long timeAndClicks = header.getLong(BatchFormat.TIME_OFFSET);
        baseMillis = timeAndClicks >> 16;
        clicks = (int) (timeAndClicks & 0xFFFF);
    }

    public BatchIdentity identity() {
        return identity;
    }

    /** The bytes that were given, not a copy. */
    public byte[] bytes() {
        return batch;
    }

    /** Number of clicks in the whole batch. */
    public int clicks() {
        return clicks;
    }

    /**
     * Moves to the next click.
     *
     * @return false after the last
     * @throws CorruptBatchException when the bytes make no sense although their checksum holds
     */
    public boolean next() throws CorruptBatchException {
        if (read == clicks) {
            if (position != end) {
                throw new CorruptBatchException(end - position + " bytes after the last click");
            }
            return false;
        }
        read++;
        linkId = BatchFormat.unzigzag(varint());
        epochMillis = baseMillis + BatchFormat.unzigzag(varint());
        require(1);
        int flags = batch[position++];
        prefetch = (flags & BatchFormat.PREFETCH_BIT) != 0;
        int prefixLength = flags & BatchFormat.ADDRESS_LENGTH_MASK;
        require(prefixLength + Long.BYTES);
        prefix = Arrays.copyOfRange(batch, position, position + prefixLength);
        position += prefixLength;
        visitorHash = ByteBuffer.wrap(batch).getLong(position);
        position += Long.BYTES;
        userAgent = text();
        referer = text();
        acceptLanguage = text();
        return true;
    }

    /**
     * Walks to the end and back, so that a batch is known to be readable before any of its clicks is used.
     *
     * @throws CorruptBatchException when it is not
     */
    public void checkToEnd() throws CorruptBatchException {
        boolean more = next();
        while (more) {
            more = next();
        }
        position = BatchFormat.HEADER_BYTES;
        read = 0;
        texts = 0;
    }

    public long linkId() {
        return linkId;
    }

    public long epochMillis() {
        return epochMillis;
    }

    public boolean prefetch() {
        return prefetch;
    }

    /** The network the click came from, 0, 3 or 6 bytes. */
    public byte[] prefix() {
        return prefix;
    }

    /** The visitor's salted hash, the same for the same visitor, link and day. */
    public long visitorHash() {
        return visitorHash;
    }

    /** Number of the User-Agent text, or {@link #NO_TEXT}. */
    public int userAgent() {
        return userAgent;
    }

    /** Number of the Referer text, or {@link #NO_TEXT}. */
    public int referer() {
        return referer;
    }

    /** Number of the Accept-Language text, or {@link #NO_TEXT}. */
    public int acceptLanguage() {
        return acceptLanguage;
    }

    /** How many texts the clicks read so far have named; their numbers are 0 to this, exclusive. */
    public int texts() {
        return texts;
    }

    /**
     * The text of a number, empty for {@link #NO_TEXT}. Malformed UTF-8 becomes U+FFFD, as does U+0000, which PostgreSQL
     * cannot store.
     */
    public String text(int number) {
        if (number == NO_TEXT) {
            return "";
        }
        String known = textValue[number];
        if (known == null) {
            known = new String(batch, textOffset[number], textLength[number], StandardCharsets.UTF_8)
                    .replace('\0', '\uFFFD');
            textValue[number] = known;
        }
        return known;
    }

    private int text() throws CorruptBatchException {
        long reference = varint();
        if (reference == BatchFormat.TEXT_ABSENT) {
            return NO_TEXT;
        }
        if (reference >= BatchFormat.TEXT_KNOWN) {
            if (reference - BatchFormat.TEXT_KNOWN >= texts) {
                throw new CorruptBatchException("text " + (reference - BatchFormat.TEXT_KNOWN) + " of " + texts);
            }
            return (int) (reference - BatchFormat.TEXT_KNOWN);
        }
        if (reference < 0) {
            throw new CorruptBatchException("text reference " + reference);
        }
        long length = varint();
        if (length < 0 || length > end - position) {
            throw new CorruptBatchException("text of " + length + " bytes at " + position);
        }
        if (texts == textOffset.length) {
            textOffset = Arrays.copyOf(textOffset, 2 * texts);
            textLength = Arrays.copyOf(textLength, 2 * texts);
            textValue = Arrays.copyOf(textValue, 2 * texts);
        }
        textOffset[texts] = position;
        textLength[texts] = (int) length;
        position += (int) length;
        return texts++;
    }

    private long varint() throws CorruptBatchException {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            require(1);
            byte b = batch[position++];
            value |= (b & 0x7FL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new CorruptBatchException("varint longer than " + BatchFormat.VARINT_BYTES_MAX + " bytes");
    }

    private void require(int bytes) throws CorruptBatchException {
        if (end - position < bytes) {
            throw new CorruptBatchException("ends inside click " + read + " of " + clicks);
        }
    }
}
