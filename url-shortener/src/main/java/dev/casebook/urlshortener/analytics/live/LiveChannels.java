package dev.casebook.urlshortener.analytics.live;

import dev.casebook.urlshortener.analytics.LinkCount;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The Redis channels that carry new totals and their messages: runs of 32 bytes, link id, clicks, bots and revision. Links
 * are spread over {@link #CHANNELS} channels by id, so that a node receives a sixteenth of the traffic for one open
 * page and none for none.
 */
final class LiveChannels {
    /** Channels that links are spread over. */
    static final int CHANNELS = 16;

    /** Counts in one message; more are sent as several. */
    static final int COUNTS_PER_MESSAGE_MAX = 1024;

    private static final int COUNT_BYTES = 4 * Long.BYTES;

    private final String prefix;

    LiveChannels(String prefix) {
        this.prefix = prefix;
    }

    static int channelOf(long linkId) {
        return (int) Math.floorMod(linkId, (long) CHANNELS);
    }

    String name(int channel) {
        return prefix + "live:" + channel;
    }

    static byte[] encode(List<LinkCount> counts) {
        ByteBuffer out = ByteBuffer.allocate(counts.size() * COUNT_BYTES);
        for (LinkCount count : counts) {
            out.putLong(count.linkId())
                    .putLong(count.clicks())
                    .putLong(count.bots())
                    .putLong(count.revision());
        }
        return out.array();
    }

    /** The counts of a message; a rest that is too short for one is ignored. */
    static List<LinkCount> decode(byte[] message) {
        ByteBuffer in = ByteBuffer.wrap(message);
        List<LinkCount> counts = new ArrayList<>(message.length / COUNT_BYTES);
        while (in.remaining() >= COUNT_BYTES) {
            counts.add(new LinkCount(in.getLong(), in.getLong(), in.getLong(), in.getLong()));
        }
        return counts;
    }
}
