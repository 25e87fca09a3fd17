package dev.casebook.common.sketch;

import dev.casebook.common.hash.Xxh3;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The frame around every stored sketch, little-endian: {@code "CB"}, kind (1 byte), version (1 byte), body, XXH3 of all that
 * precedes (8 bytes). A reader compares the checksum before it believes a size, and a size with the bytes that are there before
 * it allocates.
 */
final class SketchFormat {
    static final byte BLOOM = 1;
    static final byte BLOCKED_BLOOM = 2;
    static final byte COUNT_MIN = 3;
    static final byte HYPER_LOG_LOG = 4;
    static final byte SPACE_SAVING = 5;

    private static final short MAGIC = 'C' | ('B' << 8);
    private static final byte VERSION = 1;
    private static final int HEADER_BYTES = 4;
    private static final int CHECKSUM_BYTES = 8;

    private SketchFormat() {}

    /** A buffer with the header written and room for exactly the body and the checksum. */
    static ByteBuffer begin(byte kind, long bodyBytes) {
        return ByteBuffer.allocate(Math.toIntExact(HEADER_BYTES + bodyBytes + CHECKSUM_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .putShort(MAGIC)
                .put(kind)
                .put(VERSION);
    }

    @SuppressWarnings("ByteBufferBackingArray") // begin() allocated it, exactly as long as needed
    static byte[] end(ByteBuffer buffer) {
        buffer.putLong(checksum(buffer.array(), buffer.position()));
        return buffer.array();
    }

    /** The body. */
    static ByteBuffer open(byte[] bytes, byte kind) {
        require(bytes.length >= HEADER_BYTES + CHECKSUM_BYTES, "too short: " + bytes.length + " bytes");
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        require(buffer.getShort() == MAGIC, "not a sketch");
        byte actualKind = buffer.get();
        require(actualKind == kind, "a sketch of kind " + actualKind + " instead of " + kind);
        byte version = buffer.get();
        require(version == VERSION, "version " + version + ", known is " + VERSION);
        int bodyEnd = bytes.length - CHECKSUM_BYTES;
        require(buffer.getLong(bodyEnd) == checksum(bytes, bodyEnd), "the checksum does not match");
        return buffer.limit(bodyEnd);
    }

    static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new CorruptSketchException(otherwise);
        }
    }

    static void requireRemaining(ByteBuffer body, long bytes) {
        require(body.remaining() == bytes, "a body of " + body.remaining() + " bytes instead of " + bytes);
    }

    static void putLongs(ByteBuffer to, long[] longs) {
        to.asLongBuffer().put(longs);
        to.position(to.position() + Long.BYTES * longs.length);
    }

    /** The rest of the body. */
    static long[] getLongs(ByteBuffer from) {
        long[] longs = new long[from.remaining() / Long.BYTES];
        from.asLongBuffer().get(longs);
        return longs;
    }

    private static long checksum(byte[] bytes, int length) {
        return Xxh3.hash64(bytes, 0, length, 0);
    }
}
