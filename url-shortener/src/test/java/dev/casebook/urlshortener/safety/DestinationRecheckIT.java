package dev.casebook.urlshortener.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.casebook.urlshortener.id.RandomGenerator;
import dev.casebook.urlshortener.id.ShortCodes;
import dev.casebook.urlshortener.link.CreateLink;
import dev.casebook.urlshortener.link.CreateResult;
import dev.casebook.urlshortener.link.Domains;
import dev.casebook.urlshortener.link.LinkChange;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkRules;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.Rejection;
import dev.casebook.urlshortener.link.RequestFingerprint;
import dev.casebook.urlshortener.link.SlugPolicy;
import dev.casebook.urlshortener.link.TitleSource;
import dev.casebook.urlshortener.link.UrlNormalizer;
import dev.casebook.urlshortener.link.Visibility;
import dev.casebook.urlshortener.store.Database;
import dev.casebook.urlshortener.store.PostgresBlockedHosts;
import dev.casebook.urlshortener.store.PostgresLinkRepository;
import dev.casebook.urlshortener.store.TestDatabase;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Bait and switch: a destination is put on the blocklist after its links were made. */
class DestinationRecheckIT {
    @Test
    void linksToAHostThatTurnsBadAreBlockedAndUnblockedAgain() {
        try (Database database = TestDatabase.open();
                ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor()) {
            PostgresBlockedHosts table = new PostgresBlockedHosts(database);
            Blocklist blocklist = new Blocklist(table);
            List<LinkChange> published = new CopyOnWriteArrayList<>();
            LinkService links = service(database, blocklist, published);
            int all = DestinationRecheck.PAGE_LINKS + 5; // so that a sweep needs a second page
            int bad = 6;
            links.createAll(
                    Visibility.ALL,
                    IntStream.range(0, all)
                            .mapToObj(i -> CreateLink.to(
                                            (i % 200 == 0 ? "https://www.bait.example/" : "https://fine.example/") + i)
                                    .customSlug("link" + i)
                                    .build())
                            .toList());
            published.clear();

            try (DestinationRecheck recheck =
                    new DestinationRecheck(blocklist, links, Duration.ofMillis(50), scheduler)) {
                assertThat(recheck).isNotNull();
                table.add("bait.example");
                await().atMost(Duration.ofSeconds(30)).until(() -> published.size() == bad);
                assertThat(published.stream().map(LinkChange::link))
                        .doesNotContainNull()
                        .extracting("blocked")
                        .containsOnly(true);
                assertThat(isBlocked(links, "link0")).isTrue();
                assertThat(isBlocked(links, "link1")).isFalse();
                CreateResult another = links.create(
                        Visibility.ALL, CreateLink.to("https://bait.example/").build());
                assertThat(((CreateResult.Rejected) another).rejection().reason())
                        .isEqualTo(Rejection.Reason.DESTINATION_BLOCKED);

                table.remove("bait.example");
                await().atMost(Duration.ofSeconds(30)).until(() -> published.size() == 2 * bad);
                assertThat(isBlocked(links, "link0")).isFalse();
            }
        }
    }

    private static boolean isBlocked(LinkService links, String slug) {
        return links.find(Visibility.ALL, LinkKey.ofSlug(slug)).orElseThrow().blocked();
    }

    private static LinkService service(Database database, Blocklist blocklist, List<LinkChange> published) {
        RandomGenerator random = new RandomGenerator(new Random(20261121), 7);
        return new LinkService(
                new PostgresLinkRepository(database, InstantSource.system()),
                published::add,
                new LinkRules(
                        new UrlNormalizer(),
                        blocklist,
                        new SlugPolicy(Set.of()),
                        new Domains("s.example"),
                        password -> password),
                new ShortCodes(random, random),
                TitleSource.NONE,
                new RequestFingerprint(new byte[16]),
                InstantSource.system());
    }
}
