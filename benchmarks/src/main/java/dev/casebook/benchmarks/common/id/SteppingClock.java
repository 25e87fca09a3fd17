package dev.casebook.benchmarks.common.id;

import com.fasterxml.uuid.UUIDClock;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * A clock whose millisecond lasts for {@value #READINGS_PER_MILLI} readings, whatever the time: below every generator's cap, so that their
 * code is measured and not the cap. It costs about a nanosecond where the system's costs twenty or more. For one thread. One
 * object in the forms that all the generators take, so that none has a cheaper one.
 */
final class SteppingClock extends Clock {
    private static final int READINGS_PER_MILLI = 1 << 10;

    private long readings = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli() * READINGS_PER_MILLI;

    @Override
    public long millis() {
        return readings++ / READINGS_PER_MILLI;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("no generator asks for it: zone=" + zone);
    }

    UUIDClock asUuidClock() {
        return new UUIDClock() {
            @Override
            public long currentTimeMillis() {
                return millis();
            }
        };
    }
}
