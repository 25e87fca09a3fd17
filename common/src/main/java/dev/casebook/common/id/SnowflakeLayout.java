package dev.casebook.common.id;

import java.time.Instant;

/**
 * How a 64-bit id is divided into time, node and sequence number. Time always stands at the top, so ids sort by it; whether
 * node or number comes next differs between families.
 *
 * <pre>
 *             tick   time  next         last         epoch        lasts      ids per node
 * TWITTER     1 ms   41    10 node      12 number    2010-11-04   69 years   4,096 per ms
 * SONYFLAKE   10 ms  39    8 number     16 node      2014-09-01   174 years  25.6 per ms
 * TSID        1 ms   42    10 node      12 number    2020-01-01   139 years  4,096 per ms
 * </pre>
 *
 * <p>The trade-off is among three numbers whose bits add up to 63 (64 if ids may be negative as signed numbers): how long it lasts,
 * how many nodes, how many ids per node and tick. A layout, its epoch included, can't be changed once ids are stored.
 *
 * @param epochMillis Unix time of tick 0 in milliseconds, at least 0
 * @param tickMillis unit of the time, 1 to 1,000
 * @param timeBits at least 32
 * @param nodeBits 0 to 20
 * @param sequenceBits 1 to 20; time and sequence together at most 62
 * @param nodeLast whether the node is in the lowest bits (Sonyflake) rather than above the sequence number
 * @see <a href="https://blog.x.com/engineering/en_us/a/2010/announcing-snowflake">Announcing Snowflake, Twitter, 2010</a>
 * @see <a href="https://github.com/sony/sonyflake">Sonyflake</a>
 */
public record SnowflakeLayout(
        long epochMillis, int tickMillis, int timeBits, int nodeBits, int sequenceBits, boolean nodeLast) {
    /** Twitter's original. */
    public static final SnowflakeLayout TWITTER = new SnowflakeLayout(1_288_834_974_657L, 1, 41, 10, 12, false);

    /** Sonyflake: a tenth of the time resolution for 65,536 machines and a long life. */
    public static final SnowflakeLayout SONYFLAKE = new SnowflakeLayout(1_409_529_600_000L, 10, 39, 16, 8, true);

    /** TSID with 1,024 nodes; uses the sign bit from 2089 on. */
    public static final SnowflakeLayout TSID = new SnowflakeLayout(1_577_836_800_000L, 1, 42, 10, 12, false);

    private static final int TICK_MAX_MILLIS = 1_000;
    private static final int TIME_BITS_MIN = 32;
    private static final int FIELD_BITS_MAX = 20;

    /** A layout with checked bounds. */
    public SnowflakeLayout {
        require(epochMillis >= 0, "epochMillis", epochMillis, "must be >= 0");
        require(tickMillis >= 1 && tickMillis <= TICK_MAX_MILLIS, "tickMillis", tickMillis, "must be 1 to 1000");
        require(timeBits >= TIME_BITS_MIN, "timeBits", timeBits, "must be >= 32");
        require(nodeBits >= 0 && nodeBits <= FIELD_BITS_MAX, "nodeBits", nodeBits, "must be 0 to 20");
        require(sequenceBits >= 1 && sequenceBits <= FIELD_BITS_MAX, "sequenceBits", sequenceBits, "must be 1 to 20");
        require(timeBits + sequenceBits < Long.SIZE - 1, "timeBits", timeBits, "must leave sequence and time 62 bits");
        require(
                timeBits + nodeBits + sequenceBits <= Long.SIZE,
                "timeBits",
                timeBits,
                "must be at most 64 together with nodeBits=" + nodeBits + " and sequenceBits=" + sequenceBits);
    }

    private static void require(boolean holds, String name, long value, String bound) {
        if (!holds) {
            throw new IllegalArgumentException(bound + ": " + name + "=" + value);
        }
    }

    /** The same division with another epoch. */
    public SnowflakeLayout withEpoch(Instant epoch) {
        return new SnowflakeLayout(epoch.toEpochMilli(), tickMillis, timeBits, nodeBits, sequenceBits, nodeLast);
    }

    /** The same time with the other bits divided anew. */
    public SnowflakeLayout withNodeBits(int bits) {
        return new SnowflakeLayout(epochMillis, tickMillis, timeBits, bits, nodeBits + sequenceBits - bits, nodeLast);
    }

    /** Highest node number. */
    public int nodeMax() {
        return (1 << nodeBits) - 1;
    }

    /** Highest sequence number. */
    public int sequenceMax() {
        return (1 << sequenceBits) - 1;
    }

    /** Highest tick. */
    public long tickMax() {
        return (1L << timeBits) - 1;
    }

    /** The id of the parts; none is checked. */
    long compose(long tick, int node, int sequence) {
        return nodeLast
                ? (((tick << sequenceBits) | sequence) << nodeBits) | node
                : (((tick << nodeBits) | node) << sequenceBits) | sequence;
    }

    /** Start of the tick that an id carries, as Unix time in milliseconds. */
    public long unixMillisOf(long id) {
        return epochMillis + tickOf(id) * tickMillis;
    }

    /** Node that made an id. */
    public int nodeOf(long id) {
        return (int) (id >>> (nodeLast ? 0 : sequenceBits)) & nodeMax();
    }

    /** Number of an id within its node and tick. */
    public int sequenceOf(long id) {
        return (int) (id >>> (nodeLast ? nodeBits : 0)) & sequenceMax();
    }

    private long tickOf(long id) {
        return (id >>> (nodeBits + sequenceBits)) & tickMax();
    }
}
