package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class MissBudgetTest {
    private static final RedirectSettings SETTINGS = RedirectSettings.defaults();

    private long nanos = 1;
    private final MissBudget budget = new MissBudget(SETTINGS, () -> nanos);

    @Test
    void chargesTheBurstAndThenOneMissAnInterval() {
        InetAddress client = address("203.0.113.7");

        assertThat(misses(client)).isEqualTo(SETTINGS.missesBurst());
        assertThat(budget.rest(client)).isEqualTo(SETTINGS.missEvery());
        nanos += SETTINGS.missEvery().toNanos();
        assertThat(budget.rest(client)).isEqualTo(Duration.ZERO);
        assertThat(misses(client)).isEqualTo(1);
    }

    @Test
    void theClientsOfOneNetworkShareABudgetAndThoseOfTheNextDoNot() {
        misses(address("203.0.113.7"));
        misses(address("2001:db8:0:1::7"));

        assertThat(budget.rest(address("203.0.113.255"))).isPositive();
        assertThat(budget.rest(address("203.0.114.7"))).isZero();
        assertThat(budget.rest(address("2001:db8:0:1:ffff::1"))).isPositive();
        assertThat(budget.rest(address("2001:db8:0:2::7"))).isZero();
    }

    @Test
    void looksIntoTheCachesAreBoundedApartFromMisses() {
        InetAddress client = address("203.0.113.7");
        misses(client);

        int looks = 0;
        while (budget.mayLookIntoCaches(client)) {
            looks++;
        }
        assertThat(looks).isEqualTo(SETTINGS.cachedBurst());
        nanos += SETTINGS.cachedEvery().toNanos();
        assertThat(budget.mayLookIntoCaches(client)).isTrue();
        assertThat(budget.mayLookIntoCaches(client)).isFalse();
    }

    private int misses(InetAddress client) {
        int charged = 0;
        while (budget.charge(client)) {
            charged++;
        }
        return charged;
    }

    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
