package dev.casebook.common.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The head of a request as bytes: a flyweight that is valid during {@link FastPath#answer} only and belongs to one event loop. No method allocates.
 *
 * <p><b>Scanning.</b> What has arrived is copied once from Netty's direct buffer into the loop's array, and all requests in it are scanned there: array reads compile to plain
 * loads, those of a {@code ByteBuf} do not. The scan looks at eight bytes at a time (Mycroft's test for a byte below a bound, exact for the lowest
 * byte it finds because a borrow only runs upwards from a byte that is itself below the bound), so a header of 300 bytes costs some 60 steps. It finds where each
 * field begins and ends and decides whether the request is ordinary; values are looked at when someone asks.
 *
 * <p><b>Ordinary</b> is a whitelist. Whatever could be read in two ways (a bare CR or LF, a folded line, white space before a colon, a body, a second
 * {@code Host}) is declined, never interpreted: the codec decides about it.
 */
public final class RawRequest {
    /** Result of {@link #parse}: more bytes are needed. */
    static final int INCOMPLETE = 0;
    /** Result of {@link #parse}: not a request for the fast path. */
    static final int DECLINED = -1;
    /** A request with more fields is declined. */
    static final int FIELDS_MAX = 64;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGH_BITS = 0x8080808080808080L;
    private static final long CONTROLS = 0x20L * ONES;
    private static final long CONTROLS_AND_SPACE = 0x21L * ONES;
    private static final long COLONS = ':' * ONES;
    private static final byte[] METHODS = "GET HEAD ".getBytes(StandardCharsets.US_ASCII);
    private static final int GET_SP = (int) INTS.get(METHODS, 0);
    private static final int HEAD = (int) INTS.get(METHODS, 4);
    private static final byte[] VERSION = "HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final long HTTP_1_1 = (long) LONGS.get(VERSION, 0);
    private static final HeaderName HOST = HeaderName.of("host");
    private static final HeaderName EXPECT = HeaderName.of("expect");
    private static final HeaderName UPGRADE = HeaderName.of("upgrade");
    private static final HeaderName CONNECTION = HeaderName.of("connection");
    private static final HeaderName CONTENT_LENGTH = HeaderName.of("content-length");
    private static final HeaderName TRANSFER_ENCODING = HeaderName.of("transfer-encoding");
    private static final HeaderName KEEP_ALIVE = HeaderName.of("keep-alive");
    private static final HeaderName CLOSE = HeaderName.of("close");
    private static final HeaderName X_FORWARDED_FOR = HeaderName.of("x-forwarded-for");
    private static final HeaderName X_FORWARDED_HOST = HeaderName.of("x-forwarded-host");

    private final byte[] array;
    private final ByteBuf bytes;
    private final int[] names = new int[FIELDS_MAX];
    private final int[] colons = new int[FIELDS_MAX];
    private final int[] ends = new int[FIELDS_MAX];
    private final byte[] hop = new byte[IpAddresses.BYTES_MAX];
    private final TrustedProxies proxies;

    private int fields;
    private boolean head;
    private boolean keepAlive;
    private int targetStart;
    private int targetLength;
    private InetSocketAddress remote = new InetSocketAddress(0);
    private byte[] remoteAddress = new byte[4];
    private boolean tls;
    private byte[] dateLine = {};

    /** @param capacity the longest head in bytes */
    RawRequest(int capacity, TrustedProxies proxies) {
        // Eight more, so that a scan by longs that begins on the last byte stays inside.
        this.array = new byte[capacity + Long.BYTES];
        this.bytes = Unpooled.wrappedBuffer(array);
        this.proxies = proxies;
    }

    /** The bytes that the offsets of this class index; bytes outside of this request belong to others. Do not write. */
    public byte[] array() {
        return array;
    }

    /** {@link #array()} as a buffer. Do not write, release or keep. */
    public ByteBuf bytes() {
        return bytes;
    }

    /** True for HEAD, false for GET. */
    public boolean isHead() {
        return head;
    }

    /** Offset of the request target, path and query as sent; its first byte is a slash. */
    public int targetStart() {
        return targetStart;
    }

    /** Length of the request target in bytes, at least 1. */
    public int targetLength() {
        return targetLength;
    }

    /** Whether the connection stays open after the answer. */
    public boolean keepAlive() {
        return keepAlive;
    }

    /** Whether the connection is TLS. */
    public boolean isTls() {
        return tls;
    }

    /** The other end of the connection, which may be a proxy. */
    public InetSocketAddress remote() {
        return remote;
    }

    /** {@code date: ...} with CR LF, ready to be appended; at most a second old. Do not write. */
    public byte[] dateLine() {
        return dateLine;
    }

    /**
     * Finds the first field of a name.
     *
     * @return offset in the upper, length in the lower 32 bits of its value without surrounding white space; -1 if there is none
     */
    public long find(HeaderName name) {
        for (int i = 0; i < fields; i++) {
            if (name.matches(array, names[i], colons[i] - names[i])) {
                return value(i);
            }
        }
        return -1;
    }

    /** The offset in a result of {@link #find}. */
    public static int offset(long found) {
        return (int) (found >>> 32);
    }

    /** The length in a result of {@link #find}. */
    public static int length(long found) {
        return (int) found;
    }

    /**
     * The host the client asked for, with its port if it named one, as {@link Request#host} tells it.
     *
     * @return as {@link #find}
     */
    public long host() {
        if (isFromTrustedProxy()) {
            for (int i = fields - 1; i >= 0; i--) {
                if (X_FORWARDED_HOST.matches(array, names[i], colons[i] - names[i])) {
                    return lastOfList(i);
                }
            }
        }
        return find(HOST);
    }

    /** Whether the other end of the connection is a proxy whose {@code X-Forwarded-*} fields are to be believed. */
    public boolean isFromTrustedProxy() {
        return !proxies.isEmpty() && proxies.trusts(remoteAddress, remoteAddress.length);
    }

    /**
     * The client's address as {@link TrustedProxies} tells it.
     *
     * @param out at least 16 long
     * @return the number of bytes written: 4 or 16
     */
    public int clientAddress(byte[] out) {
        int length = remoteAddress.length;
        System.arraycopy(remoteAddress, 0, out, 0, length);
        if (proxies.isEmpty()) {
            return length;
        }
        for (int i = fields - 1; i >= 0 && length > 0; i--) {
            if (X_FORWARDED_FOR.matches(array, names[i], colons[i] - names[i])) {
                length = proxies.walk(array, colons[i] + 1, ends[i], out, length, hop);
            }
        }
        return Math.abs(length);
    }

    void connection(InetSocketAddress peer, byte[] peerAddress, boolean isTls) {
        remote = peer;
        remoteAddress = peerAddress;
        tls = isTls;
    }

    void dateLine(byte[] line) {
        dateLine = line;
    }

    /**
     * Scans the head that begins at {@code from}; {@code array[from, limit)} is what has arrived.
     *
     * @return the offset behind the head, or {@link #INCOMPLETE} or {@link #DECLINED}
     */
    int parse(int from, int limit) {
        if (limit - from < METHODS.length) {
            return couldBecomeOrdinary(from, limit) ? INCOMPLETE : DECLINED;
        }
        int method = (int) INTS.get(array, from);
        int at;
        if (method == GET_SP) {
            head = false;
            at = from + 4;
        } else if (method == HEAD && array[from + 4] == ' ') {
            head = true;
            at = from + 5;
        } else {
            return DECLINED;
        }
        if (array[at] != '/') {
            return DECLINED;
        }
        int space = firstBelow(CONTROLS_AND_SPACE, at, limit);
        if (limit - space < 1 + VERSION.length) {
            return space == limit || array[space] == ' ' ? INCOMPLETE : DECLINED;
        }
        if (array[space] != ' '
                || (long) LONGS.get(array, space + 1) != HTTP_1_1
                || !endsLine(space + 1 + Long.BYTES)) {
            return DECLINED;
        }
        targetStart = at;
        targetLength = space - at;
        return parseFields(space + 1 + VERSION.length, limit);
    }

    private int parseFields(int from, int limit) {
        int at = from;
        int hosts = 0;
        fields = 0;
        keepAlive = true;
        while (limit - at >= 2) {
            if (array[at] == '\r') {
                return endsLine(at) && hosts == 1 ? at + 2 : DECLINED;
            }
            int colon = endOfName(at, limit);
            if (colon == limit) {
                return INCOMPLETE;
            }
            if (colon == at || array[colon] != ':' || fields == FIELDS_MAX) {
                return DECLINED;
            }
            int end = endOfValue(colon + 1, limit);
            if (limit - end < 2) {
                return INCOMPLETE;
            }
            if (!endsLine(end)) {
                return DECLINED;
            }
            names[fields] = at;
            colons[fields] = colon;
            ends[fields] = end;
            int length = colon - at;
            switch (length) {
                case 4 -> hosts += HOST.matches(array, at, length) ? 1 : 0;
                case 6 -> {
                    if (EXPECT.matches(array, at, length)) {
                        return DECLINED;
                    }
                }
                case 7 -> {
                    if (UPGRADE.matches(array, at, length)) {
                        return DECLINED;
                    }
                }
                case 10 -> {
                    if (CONNECTION.matches(array, at, length) && !readConnection(fields)) {
                        return DECLINED;
                    }
                }
                case 14 -> {
                    if (CONTENT_LENGTH.matches(array, at, length)) {
                        return DECLINED;
                    }
                }
                case 17 -> {
                    if (TRANSFER_ENCODING.matches(array, at, length)) {
                        return DECLINED;
                    }
                }
                default -> {}
            }
            fields++;
            at = end + 2;
        }
        return INCOMPLETE;
    }

    private boolean readConnection(int field) {
        long value = value(field);
        if (CLOSE.matches(array, offset(value), length(value))) {
            keepAlive = false;
            return true;
        }
        return KEEP_ALIVE.matches(array, offset(value), length(value));
    }

    private long value(int field) {
        return stripped(colons[field] + 1, ends[field]);
    }

    private long lastOfList(int field) {
        int start = ends[field];
        while (start > colons[field] + 1 && array[start - 1] != ',') {
            start--;
        }
        return stripped(start, ends[field]);
    }

    private long stripped(int from, int to) {
        int start = from;
        int end = to;
        while (start < end && isBlank(array[start])) {
            start++;
        }
        while (end > start && isBlank(array[end - 1])) {
            end--;
        }
        return (long) start << 32 | end - start;
    }

    private boolean couldBecomeOrdinary(int from, int limit) {
        int length = Math.min(limit - from, 4);
        return Arrays.equals(array, from, from + length, METHODS, 0, length)
                || Arrays.equals(array, from, from + length, METHODS, 4, 4 + length);
    }

    private boolean endsLine(int at) {
        return array[at] == '\r' && array[at + 1] == '\n';
    }

    private int firstBelow(long bound, int from, int limit) {
        for (int i = from; i < limit; i += Long.BYTES) {
            long word = (long) LONGS.get(array, i);
            long found = (word - bound) & ~word & HIGH_BITS;
            if (found != 0) {
                return Math.min(limit, i + (Long.numberOfTrailingZeros(found) >>> 3));
            }
        }
        return limit;
    }

    /** The first byte that is a colon or cannot be in a name. */
    private int endOfName(int from, int limit) {
        for (int i = from; i < limit; i += Long.BYTES) {
            long word = (long) LONGS.get(array, i);
            long distance = word ^ COLONS;
            long forbidden = (word - CONTROLS_AND_SPACE) & ~word;
            long colon = (distance - ONES) & ~distance;
            long found = (forbidden | colon | word) & HIGH_BITS;
            if (found != 0) {
                return Math.min(limit, i + (Long.numberOfTrailingZeros(found) >>> 3));
            }
        }
        return limit;
    }

    private int endOfValue(int from, int limit) {
        int at = firstBelow(CONTROLS, from, limit);
        while (at < limit && array[at] == '\t') {
            at = firstBelow(CONTROLS, at + 1, limit);
        }
        return at;
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }
}
