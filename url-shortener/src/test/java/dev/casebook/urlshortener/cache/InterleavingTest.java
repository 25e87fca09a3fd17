package dev.casebook.urlshortener.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.cache.ModelRedis.Flaw;
import dev.casebook.urlshortener.link.LinkChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The coherence protocol under every schedule of small scenarios. The nodes are real caches, the tiers are modelled; what
 * is judged is described at {@link ModelCluster}. Each scenario is gone through with up to {@link #PREEMPTIONS_MAX}
 * preemptions, one less for each further node: the races known of such protocols need one (a lost invalidation) or two (a
 * late publication after an eviction).
 */
final class InterleavingTest {
    private static final int PREEMPTIONS_MAX = Boolean.getBoolean("casebook.soak") ? 5 : 3;

    /** Fewer schedules than this would mean that the scenario's actors do not interleave at all. */
    private static final int SCHEDULES_MIN = 30;

    @Test
    void aLoadThatRacesAnEditLeavesNothingStale() {
        explore(1, (cluster, schedule) -> {
            cluster.commit(1);
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
            schedule.actor("editor", () -> edit(cluster, 2));
        });
    }

    @Test
    void aVisitorWhoComesAfterTheInvalidationNeverSeesTheLoadThatBeganBefore() {
        explore(1, (cluster, schedule) -> {
            cluster.commit(1);
            schedule.actor("early visitor", cluster.nodes.get(0)::ask);
            schedule.actor("late visitor", () -> {
                cluster.nodes.get(0).ask();
                cluster.nodes.get(0).ask();
            });
            schedule.actor("editor", () -> edit(cluster, 2));
        });
    }

    @Test
    void twoNodesThatLoadWhileAnEditIsPublishedBothEndWithTheEdit() {
        explore(2, (cluster, schedule) -> {
            cluster.commit(1);
            schedule.actor("visitor of 0", cluster.nodes.get(0)::ask);
            schedule.actor("visitor of 1", cluster.nodes.get(1)::ask);
            schedule.actor("editor", () -> edit(cluster, 2));
        });
    }

    @Test
    void aColdKeyIsLoadedOnceInTheCluster() {
        explore(2, (cluster, schedule) -> {
            cluster.waitForLeases();
            cluster.commit(1);
            for (int visitor = 0; visitor < 3; visitor++) {
                schedule.actor("visitor " + visitor, cluster.nodes.get(visitor % 2)::ask);
            }
            cluster.expectSourceReads(1);
        });
    }

    @Test
    void anEditOnOneNodeIsSeenThereAtOnceAndOnTheOtherOnceHeard() {
        explore(2, (cluster, schedule) -> {
            LinkChange first = cluster.commit(1);
            cluster.redis.publish(first, Long.MAX_VALUE);
            cluster.nodes.get(1).ask();
            schedule.actor("editor", () -> {
                cluster.nodes.get(0).publish(cluster.commit(2));
                cluster.nodes.get(0).ask();
            });
            schedule.actor("visitor of 1", cluster.nodes.get(1)::ask);
        });
    }

    @Test
    void aCreationEndsTheAbsenceThatAVisitorIsLoading() {
        explore(1, (cluster, schedule) -> {
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
            schedule.actor("creator", () -> edit(cluster, 1));
        });
    }

    @Test
    void aDeletionAndANewCreationPublishedInTheWrongOrderEndWithTheCreation() {
        explore(1, (cluster, schedule) -> {
            cluster.commit(1);
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
            schedule.actor("editor", () -> {
                LinkChange deletion = cluster.commitDeletion(2);
                Schedule.step();
                LinkChange creation = cluster.commit(3);
                Schedule.step();
                publish(cluster, creation);
                publish(cluster, deletion);
            });
        });
    }

    @Test
    void aPublicationThatComesLateBringsNothingOldBack() {
        explore(1, (cluster, schedule) -> latePublication(cluster, schedule));
    }

    @Test
    void aCreationPublishedAfterItsDeletionIsNotBroughtBack() {
        explore(1, (cluster, schedule) -> creationAfterDeletion(cluster, schedule));
    }

    @Test
    void aChangeWhoseCommitterDiedIsPublishedFromTheOutboxBySomeoneElse() {
        explore(2, (cluster, schedule) -> {
            cluster.redis.publish(cluster.commit(1), Long.MAX_VALUE);
            LinkChange orphan = cluster.commit(2);
            schedule.actor("visitor of 0", cluster.nodes.get(0)::ask);
            schedule.actor("relay", () -> cluster.nodes.get(1).publish(orphan));
        });
    }

    @Test
    void aFlushInTheMiddleOfLoadAndEditLosesOnlyTheCache() {
        explore(1, (cluster, schedule) -> {
            cluster.commit(1);
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
            schedule.actor("editor", () -> edit(cluster, 2));
            schedule.actor("operator", cluster.redis::flushAll);
        });
    }

    @Test
    void whatIsPublishedWhileANodeIsCutOffIsNotMissedWhenItComesBack() {
        explore(1, (cluster, schedule) -> {
            cluster.redis.publish(cluster.commit(1), Long.MAX_VALUE);
            cluster.nodes.get(0).ask();
            schedule.actor("network", () -> {
                cluster.nodes.get(0).cut();
                Schedule.step();
                cluster.nodes.get(0).notice();
                Schedule.step();
                cluster.nodes.get(0).reconnect(() -> {});
            });
            schedule.actor("editor", () -> edit(cluster, 2));
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
        });
    }

    @Test
    void whatCouldNotBePublishedIsReplayedBeforeL2IsTrustedAgain() {
        explore(1, (cluster, schedule) -> {
            List<LinkChange> outbox = new ArrayList<>();
            cluster.redis.publish(cluster.commit(1), Long.MAX_VALUE);
            cluster.nodes.get(0).ask();
            cluster.nodes.get(0).cut();
            outbox.add(cluster.commit(2));
            schedule.actor("keeper", () -> {
                cluster.nodes.get(0).notice();
                Schedule.step();
                cluster.nodes.get(0).reconnect(() -> outbox.forEach(change -> publish(cluster, change)));
                cluster.nodes.get(0).ask();
            });
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
        });
    }

    @Test
    void whatIsLoadedWithoutALeaseWhileRedisIsFullIsNotStale() {
        explore(2, (cluster, schedule) -> {
            cluster.commit(1);
            cluster.redis.setFull(true);
            schedule.actor("visitor of 0", cluster.nodes.get(0)::ask);
            schedule.actor("visitor of 1", cluster.nodes.get(1)::ask);
            schedule.actor("editor", () -> edit(cluster, 2));
            schedule.actor("operator", () -> cluster.redis.setFull(false));
        });
    }

    @Test
    void aRestartedRedisThatRemembersAnOlderStateIsNotBelieved() {
        explore(1, (cluster, schedule) -> restartWithOldData(cluster, schedule));
    }

    @Test
    void aLoaderWhoseLeaseCameBackWithARestartCannotFillWithIt() {
        explore(1, (cluster, schedule) -> {
            cluster.commit(1);
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
            schedule.actor("crash", () -> {
                Runnable disk = cluster.redis.snapshot();
                Schedule.step();
                edit(cluster, 2);
                Schedule.step();
                cluster.nodes.get(0).cut();
                cluster.redis.restart(disk);
                cluster.nodes.get(0).notice();
                cluster.nodes.get(0).reconnect(() -> {});
            });
        });
    }

    /** What an operator may leave out. */
    enum FewerTiers {
        NO_L1,
        NO_L2,
        NEITHER;

        TierSettings of(TierSettings all) {
            return all.withNear(this == NO_L2 ? all.near() : all.near().withBytesMax(0))
                    .withSharesLinks(this == NO_L1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void withFewerTiersALoadThatRacesAnEditLeavesNothingStale(FewerTiers tiers) {
        explore(1, tiers::of, (cluster, schedule) -> {
            cluster.commit(1);
            schedule.actor("early visitor", cluster.nodes.get(0)::ask);
            schedule.actor("late visitor", () -> {
                cluster.nodes.get(0).ask();
                cluster.nodes.get(0).ask();
            });
            schedule.actor("editor", () -> edit(cluster, 2));
        });
    }

    @ParameterizedTest
    @EnumSource
    void withFewerTiersACreationEndsTheAbsenceThatAVisitorIsLoading(FewerTiers tiers) {
        explore(1, tiers::of, (cluster, schedule) -> {
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
            schedule.actor("other visitor", cluster.nodes.get(0)::ask);
            schedule.actor("creator", () -> edit(cluster, 1));
        });
    }

    @ParameterizedTest
    @EnumSource
    void withFewerTiersWhatIsPublishedWhileANodeIsCutOffIsNotMissedWhenItComesBack(FewerTiers tiers) {
        explore(1, tiers::of, (cluster, schedule) -> {
            cluster.redis.publish(cluster.commit(1), Long.MAX_VALUE);
            cluster.nodes.get(0).ask();
            schedule.actor("network", () -> {
                cluster.nodes.get(0).cut();
                Schedule.step();
                cluster.nodes.get(0).notice();
                Schedule.step();
                cluster.nodes.get(0).reconnect(() -> {});
            });
            schedule.actor("editor", () -> edit(cluster, 2));
            schedule.actor("visitor", cluster.nodes.get(0)::ask);
        });
    }

    /** A test of the test: each of these protocols is wrong, and some schedule of some scenario must show it. */
    @ParameterizedTest
    @EnumSource
    void aFlawInTheProtocolIsFound(Flaw flaw) {
        BiConsumer<ModelCluster, Schedule> scenario = switch (flaw) {
            case LEASE_SURVIVES_PUBLICATION ->
                (cluster, schedule) -> {
                    cluster.commit(1);
                    schedule.actor("visitor", cluster.nodes.get(0)::ask);
                    schedule.actor("editor", () -> {
                        edit(cluster, 2);
                        cluster.redis.expireFence(ModelCluster.KEY);
                    });
                };
            case PUBLICATION_FILLS_EMPTY, PUBLICATION_GOES_BACK -> InterleavingTest::latePublication;
            case PUBLICATION_REPLACES_UNKNOWN -> InterleavingTest::creationAfterDeletion;
            case INCARNATION_IGNORED -> InterleavingTest::restartWithOldData;
            case ACQUIRE_DOES_NOT_LOOK ->
                (cluster, schedule) -> {
                    cluster.waitForLeases();
                    cluster.commit(1);
                    schedule.actor("visitor of 0", cluster.nodes.get(0)::ask);
                    schedule.actor("visitor of 1", cluster.nodes.get(1)::ask);
                    cluster.expectSourceReads(1);
                };
        };

        assertThatThrownBy(() -> explore(2, scenario, flaw)).isInstanceOf(AssertionError.class);
    }

    private static void latePublication(ModelCluster cluster, Schedule schedule) {
        LinkChange first = cluster.commit(1);
        LinkChange second = cluster.commit(2);
        schedule.actor("visitor", cluster.nodes.get(0)::ask);
        schedule.actor("relay", () -> {
            publish(cluster, second);
            cluster.redis.evict(ModelCluster.KEY);
            Schedule.step();
            cluster.redis.expireFence(ModelCluster.KEY);
            publish(cluster, first);
        });
    }

    private static void creationAfterDeletion(ModelCluster cluster, Schedule schedule) {
        LinkChange creation = cluster.commit(1);
        LinkChange deletion = cluster.commitDeletion(2);
        schedule.actor("visitor", cluster.nodes.get(0)::ask);
        schedule.actor("relay", () -> {
            publish(cluster, deletion);
            cluster.redis.expireFence(ModelCluster.KEY);
            publish(cluster, creation);
        });
    }

    private static void restartWithOldData(ModelCluster cluster, Schedule schedule) {
        cluster.redis.publish(cluster.commit(1), Long.MAX_VALUE);
        cluster.nodes.get(0).ask();
        Runnable disk = cluster.redis.snapshot();
        schedule.actor("crash", () -> {
            edit(cluster, 2);
            cluster.nodes.forEach(ModelCluster.Node::cut);
            cluster.redis.restart(disk);
            Schedule.step();
            cluster.nodes.forEach(ModelCluster.Node::notice);
            cluster.nodes.forEach(node -> node.reconnect(() -> {}));
        });
        schedule.actor("visitor", cluster.nodes.get(0)::ask);
    }

    private static void edit(ModelCluster cluster, long version) {
        LinkChange change = cluster.commit(version);
        Schedule.step();
        publish(cluster, change);
    }

    private static void publish(ModelCluster cluster, LinkChange change) {
        cluster.redis.publish(change, Long.MAX_VALUE);
        Schedule.step();
    }

    private static void explore(int nodes, BiConsumer<ModelCluster, Schedule> scenario, Flaw... flaws) {
        explore(nodes, UnaryOperator.identity(), scenario, flaws);
    }

    private static void explore(
            int nodes, UnaryOperator<TierSettings> tiers, BiConsumer<ModelCluster, Schedule> scenario, Flaw... flaws) {
        int schedules = Schedule.exploreAll(PREEMPTIONS_MAX + 1 - nodes, schedule -> {
            ModelCluster cluster = new ModelCluster(schedule, nodes, tiers, flaws);
            scenario.accept(cluster, schedule);
            schedule.run();
            cluster.requireCoherent();
        });
        assertThat(schedules).isGreaterThan(SCHEDULES_MIN);
    }
}
