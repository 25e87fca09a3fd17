package dev.casebook.urlshortener.analytics.wire;

import java.util.zip.CRC32C;

/**
 * Layout of a click batch, version 1. Fixed fields are big-endian; varints are LEB128, signed ones zigzagged.
 *
 * <pre>
 * header (40 bytes)
 *    0  u16  magic 0xC11C
 *    2  u8   version
 *    3  u8   0
 *    4  u32  CRC-32C of everything from byte 8 to the end
 *    8  u32  length of the whole batch in bytes
 *   12  u32  partition
 *   16  u64  session
 *   24  u64  sequence
 *   32  u48  epoch milliseconds of the first click
 *   38  u16  number of clicks
 * click, repeated
 *   varint  link id (signed)
 *   varint  milliseconds since the header's time (signed: clocks step back)
 *   u8      bits 0-3 length of the address prefix (0, 3, 6), bit 4 prefetch
 *   bytes   address prefix
 *   u64     visitor hash
 *   text    user agent, referer, accept-language
 * text
 *   varint  0 absent | 1 new: varint length and bytes follow, and the text gets the next number | n &gt;= 2: text number n-2
 * </pre>
 *
 * <p>The dictionary grows as the batch is written and as it is read, so both need one pass. Header values repeat so much
 * that a click shrinks from about 230 bytes to about 30, which general compression of the record would also do, but for
 * more CPU per click and without telling the reader which texts are the same (it parses each user agent once a batch).
 */
final class BatchFormat {
    static final int MAGIC = 0xC11C;
    static final int VERSION = 1;
    static final int CRC_OFFSET = 4;
    static final int CHECKED_FROM = 8;
    static final int LENGTH_OFFSET = 8;
    static final int PARTITION_OFFSET = 12;
    static final int SESSION_OFFSET = 16;
    static final int SEQUENCE_OFFSET = 24;
    static final int TIME_OFFSET = 32;
    static final int HEADER_BYTES = 40;
    static final int CLICKS_MAX = 0xFFFF;
    static final int TEXTS_MAX = 2048;
    static final int PREFETCH_BIT = 1 << 4;
    static final int ADDRESS_LENGTH_MASK = 0xF;
    static final int VARINT_BYTES_MAX = 10;

    static final int TEXT_ABSENT = 0;
    static final int TEXT_NEW = 1;
    static final int TEXT_KNOWN = 2;

    private BatchFormat() {}

    static int checksum(byte[] batch, int length) {
        CRC32C crc = new CRC32C();
        crc.update(batch, CHECKED_FROM, length - CHECKED_FROM);
        return (int) crc.getValue();
    }

    static long zigzag(long value) {
        return value << 1 ^ value >> 63;
    }

    static long unzigzag(long value) {
        return value >>> 1 ^ -(value & 1);
    }
}
