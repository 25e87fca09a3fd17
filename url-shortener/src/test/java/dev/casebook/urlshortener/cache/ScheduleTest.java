package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ScheduleTest {
    private static final int UNBOUNDED = 100;

    @Test
    void goesThroughEveryInterleavingOnce() {
        Set<String> seen = new HashSet<>();

        int schedules = Schedule.exploreAll(UNBOUNDED, schedule -> {
            StringBuilder order = new StringBuilder();
            for (char name : new char[] {'a', 'b'}) {
                schedule.actor(String.valueOf(name), () -> {
                    order.append(name);
                    Schedule.step();
                    order.append(name);
                    Schedule.step();
                    order.append(name);
                });
            }
            schedule.run();
            seen.add(order.toString());
        });

        assertThat(seen).hasSize(20); // 6! / (3! 3!)
        assertThat(schedules).isEqualTo(20);
    }

    @Test
    void withoutPreemptionsOnlyTheOrderOfTheActorsVaries() {
        int schedules = Schedule.exploreAll(0, schedule -> {
            for (int i = 0; i < 3; i++) {
                schedule.actor("actor " + i, () -> {
                    Schedule.step();
                    Schedule.step();
                });
            }
            schedule.run();
        });

        assertThat(schedules).isEqualTo(6);
    }

    @Test
    void findsTheLostUpdateOfAnUnprotectedCounter() {
        assertThatThrownBy(() -> Schedule.exploreAll(1, schedule -> {
                    int[] counter = {0};
                    for (int i = 0; i < 2; i++) {
                        schedule.actor("actor " + i, () -> {
                            int read = counter[0];
                            Schedule.step();
                            counter[0] = read + 1;
                        });
                    }
                    schedule.run();
                    assertThat(counter[0]).isEqualTo(2);
                }))
                .isInstanceOf(AssertionError.class);
    }

    @Test
    void saysWhoWaitsForEver() {
        assertThatThrownBy(() -> Schedule.exploreAll(0, schedule -> {
                    schedule.actor("sleeper", () -> Schedule.await(() -> false));
                    schedule.run();
                }))
                .hasMessageContaining("sleeper waits for ever");
    }
}
