package dev.casebook.urlshortener.analytics.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionChooserTest {
    private static final int PARTITIONS = 8;
    private static final int WINDOW = PartitionChooser.WINDOW_SAMPLES * PartitionChooser.SAMPLING;

    @Test
    void aLinkOfAverageTrafficStaysOnOnePartition() {
        PartitionChooser chooser = new PartitionChooser(PARTITIONS, 1);
        int[] home = new int[1000];
        Random random = new Random(1);
        for (int link = 0; link < home.length; link++) {
            home[link] = chooser.partitionOf(link);
        }
        for (int i = 0; i < 4 * WINDOW; i++) {
            int link = random.nextInt(home.length);
            assertThat(chooser.partitionOf(link)).isEqualTo(home[link]);
        }
        assertThat(chooser.hotLinks()).isZero();
    }

    @Test
    void everyNodeSendsALinkToTheSamePartition() {
        PartitionChooser one = new PartitionChooser(PARTITIONS, 1);
        PartitionChooser other = new PartitionChooser(PARTITIONS, 2);
        for (long link = -3; link < 1000; link++) {
            assertThat(one.partitionOf(link)).isEqualTo(other.partitionOf(link));
        }
    }

    @Test
    void aHotLinkIsSpreadEvenlyOverAllPartitionsAndColdOnesAreNot() {
        PartitionChooser chooser = new PartitionChooser(PARTITIONS, 1);
        Random random = new Random(2);
        int[] hotClicks = new int[PARTITIONS];
        BitSet homes = new BitSet();
        for (int i = 0; i < 4 * WINDOW; i++) {
            boolean warm = i >= WINDOW;
            if (random.nextBoolean()) {
                int partition = chooser.partitionOf(7);
                if (warm) {
                    hotClicks[partition]++;
                }
            } else {
                chooser.partitionOf(100 + random.nextInt(5000));
            }
            if (i % 1000 == 0) {
                homes.set(chooser.partitionOf(99));
            }
        }

        int mean = 3 * WINDOW / 2 / PARTITIONS;
        for (int clicks : hotClicks) {
            assertThat(clicks).isBetween(mean * 9 / 10, mean * 11 / 10);
        }
        assertThat(homes.cardinality()).isEqualTo(1);
        assertThat(chooser.hotLinks()).isEqualTo(1);
    }

    @Test
    void aLinkThatCoolsDownReturnsToItsPartition() {
        PartitionChooser chooser = new PartitionChooser(PARTITIONS, 1);
        int home = chooser.partitionOf(7);
        for (int i = 0; i < 2 * WINDOW; i++) {
            chooser.partitionOf(7);
        }
        assertThat(chooser.hotLinks()).isEqualTo(1);

        for (int i = 0; i < 2 * WINDOW; i++) {
            chooser.partitionOf(i);
        }

        assertThat(chooser.partitionOf(7)).isEqualTo(home);
        assertThat(chooser.hotLinks()).isZero();
    }

    @Test
    void spreadsManyLinksEvenly() {
        PartitionChooser chooser = new PartitionChooser(PARTITIONS, 1);
        int[] links = new int[PARTITIONS];
        for (long link = 1; link <= 80_000; link++) {
            links[chooser.partitionOf(link)]++;
        }
        for (int count : links) {
            assertThat(count).isBetween(9_500, 10_500);
        }
    }
}
