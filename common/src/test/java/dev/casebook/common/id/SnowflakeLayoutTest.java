package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SnowflakeLayoutTest {
    /** The worked example of Wikipedia's article on Snowflake ids: a post of June 2022. */
    @Test
    void readsAnIdThatTwitterMade() {
        long id = 1_541_815_603_606_036_480L;

        assertThat(Instant.ofEpochMilli(SnowflakeLayout.TWITTER.unixMillisOf(id)))
                .isEqualTo(Instant.parse("2022-06-28T16:07:40.105Z"));
        assertThat(SnowflakeLayout.TWITTER.nodeOf(id)).isEqualTo(378);
        assertThat(SnowflakeLayout.TWITTER.sequenceOf(id)).isZero();
    }

    @Test
    void presetsBeginAndLastAsDocumented() {
        assertThat(Instant.ofEpochMilli(SnowflakeLayout.TWITTER.epochMillis())).isEqualTo("2010-11-04T01:42:54.657Z");
        assertThat(Instant.ofEpochMilli(SnowflakeLayout.SONYFLAKE.epochMillis()))
                .isEqualTo("2014-09-01T00:00:00Z");
        assertThat(Instant.ofEpochMilli(SnowflakeLayout.TSID.epochMillis())).isEqualTo("2020-01-01T00:00:00Z");
        assertThat(SnowflakeLayout.SONYFLAKE.tickMax() * 10 / 86_400_000 / 365).isEqualTo(174);
        assertThat(SnowflakeLayout.TWITTER.tickMax() / 86_400_000 / 365).isEqualTo(69);
    }

    @Test
    void nodeBitsMayBeTakenFromTheSequence() {
        SnowflakeLayout layout = SnowflakeLayout.TSID.withNodeBits(4);

        assertThat(layout.nodeMax()).isEqualTo(15);
        assertThat(layout.sequenceMax()).isEqualTo((1 << 18) - 1);
    }

    @Test
    void impossibleLayoutsAreRefused() {
        assertThatThrownBy(() -> new SnowflakeLayout(-1, 1, 41, 10, 12, false)).hasMessageContaining("epochMillis=-1");
        assertThatThrownBy(() -> new SnowflakeLayout(0, 0, 41, 10, 12, false)).hasMessageContaining("tickMillis=0");
        assertThatThrownBy(() -> new SnowflakeLayout(0, 1, 43, 10, 12, false)).hasMessageContaining("at most 64");
        assertThatThrownBy(() -> new SnowflakeLayout(0, 1, 51, 0, 12, false)).hasMessageContaining("62 bits");
        assertThatThrownBy(() -> new SnowflakeLayout(0, 1, 41, 10, 0, false)).hasMessageContaining("sequenceBits=0");
        assertThatThrownBy(() -> new SnowflakeLayout(0, 1, 41, 21, 1, false)).hasMessageContaining("nodeBits=21");
    }
}
