package dev.casebook.common.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.common.id.WorkerIdLease.Grant;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkerIdLeaseHolderTest {
    /** Real time never reaches the first renewal: the tests call it. */
    private static final Duration RENEW_EVERY = Duration.ofSeconds(40);

    private static final Duration TIME_TO_LIVE = Duration.ofMinutes(2);
    private static final Duration SAFETY_MARGIN = Duration.ofSeconds(20);
    private static final long USABLE_MILLIS = 100_000;

    private final SimulatedTime time = new SimulatedTime();
    private final InMemoryLeaseStore store = new InMemoryLeaseStore(time);
    private final ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);

    @AfterEach
    void stopScheduler() {
        scheduler.shutdownNow();
    }

    @Test
    void grantEndsTheSafetyMarginBeforeTheStoresExpiry() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 9);

        assertThat(holder.grant()).isEqualTo(new Grant(7, 1, -1, SimulatedTime.START + USABLE_MILLIS));
    }

    @Test
    void renewalExtendsTheWindowUnderTheSameToken() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 9);
        time.advance(Duration.ofSeconds(40));
        holder.renew();

        assertThat(holder.grant()).isEqualTo(new Grant(7, 1, -1, SimulatedTime.START + 40_000 + USABLE_MILLIS));
    }

    @Test
    void renewalByAClockThatWasSetBackNeverShrinksTheWindow() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 9);
        time.set(Duration.ofSeconds(-10));
        holder.renew();

        assertThat(holder.grant().issueThroughMillis()).isEqualTo(SimulatedTime.START + USABLE_MILLIS);
    }

    @Test
    void twoNodesWithOneFixedWorkerIdTheSecondRefuses() {
        acquire("a", 3, 3);

        assertThatExceptionOfType(IdUnavailableException.class)
                .isThrownBy(() -> acquire("b", 3, 3))
                .withMessageContaining("every worker id from 3 to 3 is leased")
                .satisfies(e -> assertThat(e.reason()).isEqualTo(IdUnavailableException.Reason.WORKER_ID_NOT_HELD));
    }

    @Test
    void nodesThatLetTheStoreChooseGetDifferentWorkerIds() {
        assertThat(acquire("a", 0, 1023).grant().workerId()).isZero();
        assertThat(acquire("b", 0, 1023).grant().workerId()).isEqualTo(1);
    }

    @Test
    void unreachableStoreCostsNothingUntilTheGrantEndsByItself() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 7);
        Grant before = holder.grant();
        store.outage(InMemoryLeaseStore.Outage.BEFORE);

        time.advance(Duration.ofSeconds(80));
        holder.renew();
        assertThat(holder.grant()).isEqualTo(before);

        time.advance(Duration.ofSeconds(20));
        holder.renew();
        assertThat(holder.grant()).isEqualTo(Grant.NONE);

        store.outage(InMemoryLeaseStore.Outage.NONE);
        holder.renew();
        assertThat(holder.grant()).isEqualTo(new Grant(7, 1, -1, SimulatedTime.START + 100_000 + USABLE_MILLIS));
    }

    @Test
    void nodeWhoseWallClockStandsStillGivesUpByElapsedTime() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 7);
        store.outage(InMemoryLeaseStore.Outage.BEFORE);
        time.stick().advance(Duration.ofSeconds(100));
        holder.renew();

        assertThat(holder.grant()).isEqualTo(Grant.NONE);
    }

    @Test
    void pausedNodeFindsItsWorkerIdTakenAndGoesOnWithAnother() {
        WorkerIdLeaseHolder paused = acquire("a", 7, 8);
        Snowflake snowflake =
                new Snowflake(SnowflakeLayout.TWITTER, paused, ClockRollbackPolicy.defaults(), time, time, tick -> 0);
        assertThat(SnowflakeLayout.TWITTER.nodeOf(snowflake.next())).isEqualTo(7);
        time.advance(TIME_TO_LIVE);

        assertThat(acquire("b", 7, 8).grant())
                .isEqualTo(new Grant(
                        7, 2, SimulatedTime.START + USABLE_MILLIS, SimulatedTime.START + 120_000 + USABLE_MILLIS));
        assertThatThrownBy(snowflake::next).hasMessageContaining("lease of worker id 7 allows no timestamp beyond");

        paused.renew();
        assertThat(SnowflakeLayout.TWITTER.nodeOf(snowflake.next())).isEqualTo(8);
    }

    @Test
    void loserWithoutAnotherWorkerIdHoldsNothingUntilOneIsFree() {
        WorkerIdLeaseHolder loser = acquire("a", 7, 7);
        time.advance(TIME_TO_LIVE);
        WorkerIdLeaseHolder winner = acquire("b", 7, 7);

        loser.renew();
        assertThat(loser.grant()).isEqualTo(Grant.NONE);

        winner.release(-1);
        loser.renew();
        assertThat(loser.grant().workerId()).isEqualTo(7);
        assertThat(loser.grant().fencingToken()).isEqualTo(3);
    }

    @Test
    void releaseLetsTheSuccessorGoOnFromTheLastIdAtOnce() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 7);
        Snowflake snowflake =
                new Snowflake(SnowflakeLayout.TWITTER, holder, ClockRollbackPolicy.defaults(), time, time, tick -> 0);
        long last = snowflake.next();
        holder.release(snowflake.stop());

        WorkerIdLeaseHolder successor = acquire("b", 7, 7);
        Snowflake next = new Snowflake(
                SnowflakeLayout.TWITTER, successor, ClockRollbackPolicy.defaults(), time, time, tick -> 0);

        assertThat(successor.grant().issueAfterMillis()).isEqualTo(SimulatedTime.START);
        assertThat(next.next()).isGreaterThan(last);
        assertThat(holder.grant()).isEqualTo(Grant.NONE);
    }

    @Test
    void closeWithoutAStoppedGeneratorKeepsTheSuccessorAboveAllThatWasGranted() {
        acquire("a", 7, 7).close();

        assertThat(acquire("b", 7, 7).grant().issueAfterMillis()).isEqualTo(SimulatedTime.START + USABLE_MILLIS);
    }

    @Test
    void closeAfterALossKeepsWhatHadBeenGranted() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 7);
        store.outage(InMemoryLeaseStore.Outage.BEFORE);
        time.advance(Duration.ofSeconds(100));
        holder.renew();
        store.outage(InMemoryLeaseStore.Outage.NONE);
        holder.close();

        assertThat(acquire("b", 7, 7).grant().issueAfterMillis()).isEqualTo(SimulatedTime.START + USABLE_MILLIS);
    }

    @Test
    void renewalsAfterCloseDoNothing() {
        WorkerIdLeaseHolder holder = acquire("a", 7, 7);
        holder.close();
        holder.renew();
        holder.close();

        assertThat(holder.grant()).isEqualTo(Grant.NONE);
        assertThat(scheduler.getQueue())
                .allSatisfy(task -> assertThat(task).matches(t -> ((Future<?>) t).isCancelled()));
    }

    @Test
    void schedulerRenewsUntilClosed() {
        LeaseTerms terms = new LeaseTerms("a", 1, 1, Duration.ofSeconds(60), Duration.ofMillis(1), Duration.ZERO);
        WorkerIdLeaseHolder holder = WorkerIdLeaseHolder.acquire(store, terms, time, time, scheduler);
        time.advance(Duration.ofSeconds(5));

        Awaitility.await().until(() -> holder.grant().issueThroughMillis() == SimulatedTime.START + 65_000);
        holder.close();
    }

    @Test
    void impossibleTermsAreRefused() {
        assertThatThrownBy(() -> new LeaseTerms("a", 2, 1, TIME_TO_LIVE, RENEW_EVERY, SAFETY_MARGIN))
                .hasMessageContaining("workerIdMin=2 workerIdMax=1");
        assertThatThrownBy(() -> new LeaseTerms("a", 0, 1, RENEW_EVERY, RENEW_EVERY, Duration.ZERO))
                .hasMessageContaining("timeToLive=PT40S");
        assertThat(LeaseTerms.defaults("a", 0, 1023).usable()).isEqualTo(Duration.ofSeconds(25));
    }

    private WorkerIdLeaseHolder acquire(String owner, int workerIdMin, int workerIdMax) {
        LeaseTerms terms = new LeaseTerms(owner, workerIdMin, workerIdMax, TIME_TO_LIVE, RENEW_EVERY, SAFETY_MARGIN);
        return WorkerIdLeaseHolder.acquire(store, terms, time, time, scheduler);
    }
}
