package dev.casebook.urlshortener.analytics.capture;

import dev.casebook.common.permute.SipHash;
import dev.casebook.urlshortener.analytics.Click;
import java.util.function.LongFunction;

/**
 * Turns a visitor into 64 bits that mean nothing to anyone: SipHash-2-4 of link, address and user agent under the day's
 * salt. The same visitor of the same link on the same day has the same hash on every node, so that a sketch can count
 * visitors; on another link or day another, so that no one can follow them; and when the salt is deleted after the day, the
 * hash cannot be tried out against a list of addresses either.
 *
 * <p>Owned by the publisher's thread; allocates nothing.
 */
final class VisitorHasher {
    private static final long MILLIS_PER_DAY = 86_400_000;

    private final LongFunction<SipHash> saltOfEpochDay;
    private final byte[] message = new byte[Long.BYTES + Click.ADDRESS_BYTES_MAX + Click.HEADER_BYTES_MAX];

    VisitorHasher(LongFunction<SipHash> saltOfEpochDay) {
        this.saltOfEpochDay = saltOfEpochDay;
    }

    long hash(Click click) {
        for (int i = 0; i < Long.BYTES; i++) {
            message[i] = (byte) (click.linkId >>> (8 * i));
        }
        int length = Long.BYTES;
        System.arraycopy(click.bytes, 0, message, length, click.addressLength);
        length += click.addressLength;
        System.arraycopy(click.bytes, click.userAgentOffset, message, length, click.userAgentLength);
        length += click.userAgentLength;
        return saltOfEpochDay
                .apply(Math.floorDiv(click.epochMillis, MILLIS_PER_DAY))
                .hash(message, 0, length);
    }
}
