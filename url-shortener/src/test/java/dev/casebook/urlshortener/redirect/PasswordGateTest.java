package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.Links;
import dev.casebook.urlshortener.link.RedirectStatus;
import dev.casebook.urlshortener.redirect.PasswordGate.Outcome;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Budgets by a clock that the test moves; the checks themselves are equality, so that each can be held up and noted down. */
class PasswordGateTest {
    private static final RedirectSettings SETTINGS = RedirectSettings.defaults();
    private static final int BURST = SETTINGS.passwordsBurst();
    private static final Duration EVERY = SETTINGS.passwordEvery();
    private static final Outcome OPENED = new Outcome.Opened();
    private static final Outcome WRONG = new Outcome.Wrong();
    private static final String RIGHT = "open sesame";
    private static final Link LINK = link(1, RIGHT);
    private static final InetAddress CLIENT = InetAddress.ofLiteral("203.0.113.7");

    private long nanos = 1;
    private final List<String> checked = Collections.synchronizedList(new ArrayList<>());
    private final PasswordGate gate = gate(SETTINGS);

    @Test
    void wrongPasswordsAreCheckedUpToTheBurstAndThenOneAnInterval() {
        assertThat(wrongOnesUntilThrottled(LINK, CLIENT)).isEqualTo(BURST);

        assertThat(gate.tryOpen(LINK, "guess", CLIENT)).isEqualTo(new Outcome.Throttled(EVERY));
        nanos += EVERY.toNanos() - 1;
        assertThat(gate.tryOpen(LINK, "guess", CLIENT)).isEqualTo(new Outcome.Throttled(Duration.ofNanos(1)));
        nanos++;
        assertThat(wrongOnesUntilThrottled(LINK, CLIENT)).isEqualTo(1);
        nanos += EVERY.toNanos() * 100;
        assertThat(wrongOnesUntilThrottled(LINK, CLIENT))
                .as("a long rest gives a burst and no more")
                .isEqualTo(BURST);
        assertThat(checked).hasSize(BURST + 1 + BURST);
    }

    @Test
    void aRestSavesUpNoMoreThanTheBurst() {
        assertThat(gate.tryOpen(LINK, "guess", CLIENT)).isEqualTo(WRONG);

        nanos += EVERY.toNanos() * (BURST - 1);

        assertThat(wrongOnesUntilThrottled(LINK, CLIENT)).isEqualTo(BURST);
    }

    @Test
    void whoIsThrottledCannotTellTheRightPasswordFromAWrongOneUntilItHasRested() {
        wrongOnesUntilThrottled(LINK, CLIENT);
        checked.clear();

        assertThat(gate.tryOpen(LINK, RIGHT, CLIENT)).isEqualTo(gate.tryOpen(LINK, "guess", CLIENT));
        assertThat(checked).isEmpty();
        nanos += EVERY.toNanos();
        assertThat(gate.tryOpen(LINK, RIGHT, CLIENT)).isEqualTo(OPENED);
    }

    @Test
    void rightPasswordsCostNothingAndRestoreNothing() {
        for (int i = 0; i < 10 * BURST; i++) {
            assertThat(gate.tryOpen(LINK, RIGHT, CLIENT)).isEqualTo(OPENED);
        }
        for (int i = 1; i < BURST; i++) {
            assertThat(gate.tryOpen(LINK, "guess", CLIENT)).isEqualTo(WRONG);
            assertThat(gate.tryOpen(LINK, RIGHT, CLIENT)).isEqualTo(OPENED);
        }

        assertThat(wrongOnesUntilThrottled(LINK, CLIENT)).isEqualTo(1);
    }

    @Test
    void otherNetworksAndOtherLinksHaveTriesOfTheirOwn() {
        InetAddress v6 = InetAddress.ofLiteral("2001:db8:0:1::7");
        wrongOnesUntilThrottled(LINK, CLIENT);
        wrongOnesUntilThrottled(LINK, v6);

        assertThat(gate.tryOpen(LINK, RIGHT, InetAddress.ofLiteral("203.0.114.7")))
                .isEqualTo(OPENED);
        assertThat(gate.tryOpen(LINK, RIGHT, InetAddress.ofLiteral("2001:db8:0:2::7")))
                .isEqualTo(OPENED);
        assertThat(gate.tryOpen(link(2, RIGHT), RIGHT, CLIENT)).isEqualTo(OPENED);
        assertThat(wrongOnesUntilThrottled(LINK, InetAddress.ofLiteral("203.0.113.99")))
                .as("of the same /24")
                .isZero();
        assertThat(wrongOnesUntilThrottled(LINK, InetAddress.ofLiteral("2001:db8:0:1:ffff::1")))
                .as("of the same /64")
                .isZero();
    }

    @Test
    void whatCannotBeAPasswordIsWrongWithoutACheckAndWithoutATry() {
        for (int i = 0; i <= BURST; i++) {
            assertThat(gate.tryOpen(LINK, "", CLIENT)).isEqualTo(WRONG);
            assertThat(gate.tryOpen(LINK, "x".repeat(PasswordGate.PASSWORD_CHARS_MAX + 1), CLIENT))
                    .isEqualTo(WRONG);
        }

        assertThat(checked).isEmpty();
        assertThat(wrongOnesUntilThrottled(LINK, CLIENT)).isEqualTo(BURST);
    }

    @Test
    void aLinkWhosePasswordWasTakenAwayIsOpenEvenToTheThrottled() {
        wrongOnesUntilThrottled(LINK, CLIENT);

        assertThat(gate.tryOpen(link(1, null), "guess", CLIENT)).isEqualTo(OPENED);
    }

    @Test
    void colleaguesBehindOneAddressAllGetInAtTheSameMoment() throws Exception {
        PasswordGate patient = gate(patience(Duration.ofMinutes(1)));
        List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        List<Thread> colleagues = IntStream.range(0, 6 * BURST)
                .mapToObj(i -> Thread.ofVirtual().start(() -> outcomes.add(patient.tryOpen(LINK, RIGHT, CLIENT))))
                .toList();
        for (Thread one : colleagues) {
            one.join();
        }

        assertThat(outcomes).hasSize(6 * BURST).containsOnly(OPENED);
    }

    /** Each holds a place among the server's blocking requests, of which the API needs some too. */
    @Test
    void noMoreThanSoManyTriesWaitInAll() throws Exception {
        Semaphore released = new Semaphore(0);
        PasswordGate slow = held(released, Duration.ofMinutes(1));
        List<Thread> waiting = IntStream.range(0, PasswordGate.WAITING_MAX)
                .mapToObj(i -> Thread.ofVirtual().start(() -> slow.tryOpen(link(i, RIGHT), RIGHT, CLIENT)))
                .toList();
        await().until(() -> waiting.stream().allMatch(PasswordGateTest::isWaiting));

        assertThat(slow.tryOpen(LINK, RIGHT, InetAddress.ofLiteral("198.51.100.7")))
                .isEqualTo(new Outcome.Throttled(Duration.ofSeconds(1)));

        released.release(waiting.size() + 1);
        for (Thread one : waiting) {
            one.join();
        }
        assertThat(slow.tryOpen(LINK, RIGHT, InetAddress.ofLiteral("198.51.100.7")))
                .isEqualTo(OPENED);
    }

    /** Else one attacker with as many links as it likes would fill the only queue there is. */
    @Test
    void aNetworkThatFloodsTheChecksDelaysOthersByOneOfItsChecks() throws Exception {
        Semaphore released = new Semaphore(0);
        PasswordGate slow = held(released, Duration.ofMinutes(1));
        List<Thread> flood = IntStream.range(0, 50)
                .mapToObj(i -> Thread.ofVirtual()
                        .start(() ->
                                slow.tryOpen(link(100 + i, RIGHT), "flood", InetAddress.ofLiteral("203.0.113." + i))))
                .toList();
        await().until(() -> flood.stream().allMatch(PasswordGateTest::isWaiting));
        Thread visitor =
                Thread.ofVirtual().start(() -> slow.tryOpen(LINK, RIGHT, InetAddress.ofLiteral("198.51.100.7")));
        awaitWaiting(visitor);

        released.release(flood.size() + 1);
        visitor.join();
        for (Thread one : flood) {
            one.join();
        }

        assertThat(checked).hasSize(flood.size() + 1);
        assertThat(checked.indexOf(RIGHT)).isEqualTo(1);
    }

    @Test
    void tryThatGetsNoTurnInTimeIsToldToWaitAndIsNotCounted() throws Exception {
        Semaphore released = new Semaphore(0);
        PasswordGate slow = held(released, Duration.ofMillis(1));
        InetAddress neighbour = InetAddress.ofLiteral("203.0.113.8");
        Thread holder = Thread.ofVirtual().start(() -> slow.tryOpen(link(2, RIGHT), "guess", CLIENT));
        awaitWaiting(holder);

        for (InetAddress client : List.of(neighbour, InetAddress.ofLiteral("198.51.100.7"))) {
            for (int i = 0; i <= BURST; i++) {
                assertThat(slow.tryOpen(LINK, RIGHT, client)).isEqualTo(new Outcome.Throttled(Duration.ofSeconds(1)));
            }
        }
        released.release(3);
        holder.join();

        assertThat(slow.tryOpen(LINK, RIGHT, neighbour)).isEqualTo(OPENED);
        assertThat(slow.tryOpen(LINK, RIGHT, InetAddress.ofLiteral("198.51.100.7")))
                .isEqualTo(OPENED);
    }

    /** One check at a time in all, and each takes what the test releases. */
    private PasswordGate held(Semaphore released, Duration patience) {
        return new PasswordGate(
                (password, hash) -> {
                    checked.add(password);
                    released.acquireUninterruptibly();
                    return password.equals(hash);
                },
                patience(patience),
                1,
                () -> nanos);
    }

    private PasswordGate gate(RedirectSettings settings) {
        return new PasswordGate(
                (password, hash) -> {
                    checked.add(password);
                    return password.equals(hash);
                },
                settings,
                () -> nanos);
    }

    private int wrongOnesUntilThrottled(Link link, InetAddress client) {
        int wrong = 0;
        while (wrong < 10 * BURST && gate.tryOpen(link, "guess", client).equals(WRONG)) {
            wrong++;
        }
        return wrong;
    }

    private static void awaitWaiting(Thread thread) {
        await().until(() -> isWaiting(thread));
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING;
    }

    private static RedirectSettings patience(Duration patience) {
        return new RedirectSettings(
                SETTINGS.permanentMaxAge(),
                SETTINGS.missesBurst(),
                SETTINGS.missEvery(),
                SETTINGS.cachedBurst(),
                SETTINGS.cachedEvery(),
                SETTINGS.passwordsBurst(),
                SETTINGS.passwordEvery(),
                patience,
                SETTINGS.clientsMax(),
                SETTINGS.retryAfter(),
                SETTINGS.crawlableMax());
    }

    private static Link link(long id, @Nullable String password) {
        return new Link(
                id,
                LinkKey.ofSlug("locked-" + id),
                1,
                "https://example.com/",
                RedirectStatus.FOUND,
                Links.CREATED,
                null,
                null,
                null,
                password,
                List.of(),
                false,
                false,
                false,
                null,
                Set.of(),
                null);
    }
}
