package dev.casebook.urlshortener.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.casebook.urlshortener.id.RandomGenerator;
import dev.casebook.urlshortener.id.ShortCodeGenerator;
import dev.casebook.urlshortener.id.ShortCodes;
import dev.casebook.urlshortener.id.ShortCodesUnavailableException;
import dev.casebook.urlshortener.link.CreateResult.Created;
import dev.casebook.urlshortener.link.CreateResult.CreatedThenDeleted;
import dev.casebook.urlshortener.link.CreateResult.Existing;
import dev.casebook.urlshortener.link.CreateResult.IdempotencyKeyReused;
import dev.casebook.urlshortener.link.CreateResult.NoFreeCode;
import dev.casebook.urlshortener.link.CreateResult.Rejected;
import dev.casebook.urlshortener.link.CreateResult.Replayed;
import dev.casebook.urlshortener.link.CreateResult.SlugTaken;
import dev.casebook.urlshortener.link.DestinationPolicy.Verdict;
import dev.casebook.urlshortener.link.Rejection.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkServiceTest {
    private Instant now = Instant.parse("2026-11-21T10:00:00.123456789Z");
    private final InMemoryLinks links = new InMemoryLinks(() -> now);
    private final List<LinkChange> published = new ArrayList<>();
    private final Codes codes = new Codes();
    private final Set<String> blockedHosts = new HashSet<>(Set.of("evil.example"));
    private Reason blockedFor = Reason.DESTINATION_BLOCKED;
    private int titlesFetched;
    private final LinkService service = new LinkService(
            links,
            published::add,
            new LinkRules(
                    new UrlNormalizer(),
                    url -> blockedHosts.contains(url.host())
                            ? new Verdict.Denied(blockedFor, "blocked: " + url.host())
                            : new Verdict.Allowed(),
                    new SlugPolicy(Set.of()),
                    new Domains("s.example"),
                    password -> "hash of " + password),
            new ShortCodes(codes, new RandomGenerator(new Random(20261121), 7)),
            url -> Optional.of("Title " + ++titlesFetched),
            new RequestFingerprint("0123456789abcdef".getBytes(StandardCharsets.US_ASCII)),
            () -> now);

    /** Gives what a test put in, then numbered codes. */
    private static final class Codes implements ShortCodeGenerator {
        final Deque<String> next = new ArrayDeque<>();
        boolean down;
        int given;

        @Override
        public String next(String longUrl, int attempt) {
            if (down) {
                throw new ShortCodesUnavailableException("down", new IllegalStateException());
            }
            given++;
            return next.isEmpty() ? "code" + given : next.remove();
        }

        @Override
        public String name() {
            return "test";
        }
    }

    private CreateResult create(CreateLink.Builder request) {
        return service.create(Visibility.ALL, request.build());
    }

    private Link created(CreateLink.Builder request) {
        return ((Created) create(request)).link();
    }

    private Rejection rejection(CreateLink.Builder request) {
        return ((Rejected) create(request)).rejection();
    }

    private static CreateLink.Builder to(String longUrl) {
        return CreateLink.to(longUrl);
    }

    @Test
    void makesALinkAsAskedAndTellsTheCaches() {
        Link link = created(to("HTTPS://Example.com:443/a/../b")
                .customSlug("Sale")
                .domain("Other.Example:8080")
                .status(RedirectStatus.TEMPORARY_REDIRECT)
                .validSince(now)
                .validUntil(now.plusSeconds(10))
                .maxVisits(5)
                .password("secret")
                .forwardQuery(true)
                .crawlable(true)
                .title("  A title ")
                .tags(Set.of(" red", "blue"))
                .createdBy("key"));

        assertThat(link.key()).isEqualTo(new LinkKey("other.example", "Sale"));
        assertThat(link.longUrl()).isEqualTo("https://example.com/b");
        assertThat(link.createdAt()).as("microseconds, as stored").isEqualTo("2026-11-21T10:00:00.123456Z");
        assertThat(link.passwordHash()).isEqualTo("hash of secret");
        assertThat(link.title()).isEqualTo("A title");
        assertThat(link.tags()).containsExactlyInAnyOrder("red", "blue");
        assertThat(published).containsExactly(new LinkChange(link.key(), link.version(), link));
        assertThat(service.find(Visibility.ALL, link.key())).contains(link);
    }

    @Test
    void theDefaultDomainIsTheEmptyOne() {
        assertThat(created(to("http://a/").domain("S.Example:80")).key().domain())
                .isEmpty();
        assertThat(service.keyOf("s.example", "x")).isEqualTo(new Checked.Accepted<>(LinkKey.ofSlug("x")));
        assertThat(service.keyOf(null, "bu\u0308x")).isEqualTo(new Checked.Accepted<>(LinkKey.ofSlug("b\u00fcx")));
    }

    @Test
    void aTakenCustomSlugIsReported() {
        created(to("http://a/").customSlug("mine"));

        assertThat(create(to("http://b/").customSlug("mine"))).isEqualTo(new SlugTaken(LinkKey.ofSlug("mine")));
        assertThat(published).hasSize(1);
    }

    @Test
    void aTakenGeneratedCodeIsFollowedByTheNext() {
        created(to("http://a/").customSlug("taken1"));
        created(to("http://a/").customSlug("taken2"));
        codes.next.addAll(List.of("taken1", "taken2", "free"));

        assertThat(created(to("http://b/")).key().slug()).isEqualTo("free");
    }

    @Test
    void givesUpAfterABoundedNumberOfTakenCodes() {
        created(to("http://a/").customSlug("taken"));
        codes.next.addAll(Collections.nCopies(100, "taken"));

        assertThat(create(to("http://b/"))).isEqualTo(new NoFreeCode(LinkService.CANDIDATES_MAX));
        assertThat(codes.given).isEqualTo(LinkService.CANDIDATES_MAX);
    }

    @Test
    void privateLinksGetTwelveRandomCharacters() {
        assertThat(created(to("http://a/").privateCode(true)).key().slug()).matches("[0-9A-Za-z]{12}");
        assertThat(created(to("http://a/").codeLength(9)).key().slug()).hasSize(9);
        assertThat(codes.given).isZero();
    }

    @Test
    void noCodesToBeHadIsUnavailability() {
        codes.down = true;

        assertThatThrownBy(() -> create(to("http://a/"))).isInstanceOf(ShortCodesUnavailableException.class);
        assertThat(created(to("http://a/").customSlug("still"))).isNotNull();
    }

    @Test
    void findIfExistsFindsLinksThatServeTheSameAndNoOthers() {
        CreateLink.Builder request = to("http://a/").tags(Set.of("x"));
        Link first = created(request);

        assertThat(create(to("HTTP://A:80").tags(Set.of("x")).findIfExists(true)))
                .isEqualTo(new Existing(first));
        assertThat(create(to("http://a/").findIfExists(true))).isInstanceOf(Created.class);
        assertThat(create(to("http://a/").tags(Set.of("x")).maxVisits(1).findIfExists(true)))
                .isInstanceOf(Created.class);
        assertThat(create(to("http://a/").tags(Set.of("x")).domain("o.example").findIfExists(true)))
                .isInstanceOf(Created.class);
        assertThat(create(to("http://a/").tags(Set.of("x")).customSlug("named").findIfExists(true)))
                .isInstanceOf(Created.class);
        assertThat(create(to("http://a/").tags(Set.of("x")).customSlug("named").findIfExists(true)))
                .isInstanceOf(Existing.class);
        assertThat(create(to("http://b/").customSlug("named").findIfExists(true)))
                .isInstanceOf(SlugTaken.class);
    }

    @Test
    void findIfExistsNeverHandsOutALinkWithAPassword() {
        created(to("http://a/").password("secret"));

        assertThat(create(to("http://a/").findIfExists(true))).isInstanceOf(Created.class);
        assertThat(create(to("http://a/").password("secret").findIfExists(true)))
                .isInstanceOf(Created.class);
    }

    @Test
    void aRepeatedRequestIsReplayedAndADifferentOneRefused() {
        CreateLink.Builder request = to("http://a/").tags(Set.of("x", "y", "z")).idempotencyKey("k1");
        Link made = created(request);

        assertThat(create(request)).isEqualTo(new Replayed(made));
        assertThat(create(to("http://b/").idempotencyKey("k1"))).isEqualTo(new IdempotencyKeyReused("k1"));
        assertThat(create(to("http://a/")
                        .tags(Set.of("x", "y", "z"))
                        .password("p")
                        .idempotencyKey("k1")))
                .isEqualTo(new IdempotencyKeyReused("k1"));
        assertThat(create(to("http://b/").idempotencyKey("k1").createdBy("someone else")))
                .isInstanceOf(Created.class);
        assertThat(published).hasSize(2);
    }

    @Test
    void aRepeatedRequestForACustomSlugIsReplayedAndNotTaken() {
        CreateLink.Builder request = to("http://a/").customSlug("mine").idempotencyKey("k2");
        Link made = created(request);

        assertThat(create(request)).isEqualTo(new Replayed(made));
        assertThat(create(to("http://b/").customSlug("mine").idempotencyKey("k3")))
                .isInstanceOf(SlugTaken.class);
    }

    @Test
    void aRepeatedRequestShowsTheLinkAsItNowIs() {
        CreateLink.Builder request = to("http://a/").customSlug("mine").idempotencyKey("k4");
        LinkKey key = created(request).key();
        service.edit(
                Visibility.ALL, key, LinkPatch.builder().longUrl("http://b/").build());
        assertThat(((Replayed) create(request)).link().longUrl()).isEqualTo("http://b/");

        service.delete(Visibility.ALL, key);
        created(to("http://c/").customSlug("mine"));

        assertThat(create(request)).isEqualTo(new CreatedThenDeleted(key));
    }

    @Test
    void anIdempotencyKeyIsForgottenAfterADay() {
        CreateLink.Builder request = to("http://a/").idempotencyKey("k5");
        Link first = created(request);

        now = now.plus(LinkService.IDEMPOTENCY_WINDOW).minusSeconds(1);
        assertThat(create(request)).isEqualTo(new Replayed(first));
        now = now.plusSeconds(1);
        assertThat(create(request)).isInstanceOf(Created.class);
    }

    @Test
    void aTitleIsFetchedWhenAskedForOnceAndOnlyIfNoneIsGiven() {
        assertThat(created(to("http://a/")).title()).isNull();
        assertThat(created(to("http://a/").fetchTitle(true)).title()).isEqualTo("Title 1");
        assertThat(created(to("http://a/").fetchTitle(true).title("Mine")).title())
                .isEqualTo("Mine");

        CreateLink.Builder request = to("http://a/").fetchTitle(true).idempotencyKey("t");
        assertThat(created(request).title()).isEqualTo("Title 2");
        assertThat(((Replayed) create(request)).link().title()).isEqualTo("Title 2");
        assertThat(titlesFetched).isEqualTo(2);
    }

    @Test
    void refusesEachBrokenPartByName() {
        assertThat(rejection(to("nonsense")).reason()).isEqualTo(Reason.URL_MALFORMED);
        assertThat(rejection(to("http://evil.example/")).reason()).isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(rejection(to("http://a/").customSlug("rest")).reason()).isEqualTo(Reason.SLUG_RESERVED);
        assertThat(rejection(to("http://a/").domain("a b")).reason()).isEqualTo(Reason.DOMAIN_MALFORMED);
        assertThat(rejection(to("http://a/").validSince(now).validUntil(now)).reason())
                .isEqualTo(Reason.VALIDITY_EMPTY);
        assertThat(rejection(to("http://a/").maxVisits(0)).reason()).isEqualTo(Reason.MAX_VISITS_OUT_OF_RANGE);
        assertThat(rejection(to("http://a/").password("")).reason()).isEqualTo(Reason.PASSWORD_MALFORMED);
        assertThat(rejection(to("http://a/").title("x".repeat(513))).reason()).isEqualTo(Reason.TITLE_TOO_LONG);
        assertThat(rejection(to("http://a/").tags(Set.of("a,b"))).reason()).isEqualTo(Reason.TAG_MALFORMED);
        assertThat(rejection(to("http://a/").codeLength(3)).reason()).isEqualTo(Reason.CODE_LENGTH_OUT_OF_RANGE);
        assertThat(rejection(to("http://a/").idempotencyKey("")).reason()).isEqualTo(Reason.IDEMPOTENCY_KEY_MALFORMED);
        assertThat(rejection(to("http://a/").rules(List.of(rule("http://evil.example/", "de"))))
                        .reason())
                .isEqualTo(Reason.DESTINATION_BLOCKED);
        assertThat(rejection(to("http://a/").rules(List.of(rule("http://a/", ""))))
                        .reason())
                .isEqualTo(Reason.RULE_MALFORMED);
        assertThat(published).isEmpty();
    }

    private static RedirectRule rule(String longUrl, String language) {
        return new RedirectRule(
                1, longUrl, List.of(new RedirectRule.Condition(RedirectRule.Type.LANGUAGE, null, language)));
    }

    @Test
    void aKeyForOneDomainMakesAndSeesLinksOnlyThere() {
        Visibility there = new Visibility("key", "o.example");

        assertThat(((Rejected) service.create(there, to("http://a/").build()))
                        .rejection()
                        .reason())
                .isEqualTo(Reason.DOMAIN_NOT_ALLOWED);
        Link own = ((Created) service.create(
                        there,
                        to("http://a/").domain("o.example").createdBy("key").build()))
                .link();
        Link other = created(to("http://a/").domain("o.example").createdBy("other"));

        assertThat(service.find(there, own.key())).contains(own);
        assertThat(service.find(there, other.key())).isEmpty();
        assertThat(service.edit(there, other.key(), LinkPatch.builder().build()))
                .isEqualTo(new EditResult.NotFound(other.key()));
        assertThat(service.delete(there, other.key())).isFalse();
    }

    @Test
    void anEditChangesWhatItNamesAndClearsWhatItSetsToNull() {
        Link link = created(to("http://a/")
                .validUntil(now.plusSeconds(9))
                .maxVisits(3)
                .password("p")
                .title("t")
                .tags(Set.of("x")));
        published.clear();

        LinkPatch patch = LinkPatch.builder()
                .longUrl("http://b/")
                .maxVisits(null)
                .password(null)
                .tags(Set.of("y"))
                .build();
        Link edited = ((EditResult.Edited) service.edit(Visibility.ALL, link.key(), patch)).link();

        assertThat(edited.longUrl()).isEqualTo("http://b/");
        assertThat(edited.maxVisits()).isNull();
        assertThat(edited.passwordHash()).isNull();
        assertThat(edited.tags()).containsExactly("y");
        assertThat(edited.title()).isEqualTo("t");
        assertThat(edited.validUntil()).isEqualTo(link.validUntil());
        assertThat(edited.version()).isGreaterThan(link.version());
        assertThat(published).containsExactly(new LinkChange(link.key(), edited.version(), edited));
    }

    @Test
    void anEditThatChangesNothingIsNotPublished() {
        Link link = created(to("http://a/"));
        published.clear();

        EditResult result = service.edit(
                Visibility.ALL,
                link.key(),
                LinkPatch.builder().longUrl("http://a").build());

        assertThat(result).isEqualTo(new EditResult.Edited(link));
        assertThat(published).isEmpty();
    }

    @Test
    void anEditIsCheckedTogetherWithWhatItLeaves() {
        Link link = created(to("http://a/").validUntil(now.plusSeconds(9)));
        published.clear();

        EditResult result = service.edit(
                Visibility.ALL,
                link.key(),
                LinkPatch.builder().validSince(now.plusSeconds(10)).build());

        assertThat(((EditResult.Rejected) result).rejection().reason()).isEqualTo(Reason.VALIDITY_EMPTY);
        assertThat(service.find(Visibility.ALL, link.key())).contains(link);
        assertThat(published).isEmpty();
    }

    @Test
    void theFirstLinkOnADomainDoesNotLeadToItNorDoItsRules() {
        assertThat(rejection(to("http://brand.example/x").domain("Brand.example:8080"))
                        .reason())
                .isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(rejection(to("http://a/")
                                .domain("brand.example")
                                .rules(List.of(rule("http://brand.example/", "de"))))
                        .reason())
                .isEqualTo(Reason.DESTINATION_LOOPS);
        assertThat(created(to("http://www.brand.example/").domain("brand.example"))
                        .key()
                        .domain())
                .isEqualTo("brand.example");
    }

    @Test
    void aHostThatBecomesThisServicesOwnCondemnsNoLinkThatIsThere() {
        Link link = created(to("http://brand.example/"));
        blockedHosts.add("brand.example");
        blockedFor = Reason.DESTINATION_LOOPS;

        assertThat(service.recheck(link.key()).orElseThrow().blocked()).isFalse();
        assertThat(rejection(to("http://brand.example/")).reason()).isEqualTo(Reason.DESTINATION_LOOPS);
    }

    @Test
    void aDestinationThatTurnsBadIsBlockedAndAnEditAwayFromItUnblocks() {
        Link link = created(to("http://bait.example/"));
        blockedHosts.add("bait.example");
        published.clear();

        Link blocked = service.recheck(link.key()).orElseThrow();
        service.recheck(link.key());

        assertThat(blocked.blocked()).isTrue();
        assertThat(published).hasSize(1);
        EditResult edited = service.edit(
                Visibility.ALL,
                link.key(),
                LinkPatch.builder().longUrl("http://good.example/").build());
        assertThat(((EditResult.Edited) edited).link().blocked()).isFalse();
    }

    @Test
    void aBadDestinationInARuleCondemnsTheLinkToo() {
        Link link = created(to("http://a/").rules(List.of(rule("http://bait.example/", "de"))));
        blockedHosts.add("bait.example");

        assertThat(service.recheck(link.key()).orElseThrow().blocked()).isTrue();
        EditResult onlyUrl = service.edit(
                Visibility.ALL,
                link.key(),
                LinkPatch.builder().longUrl("http://good.example/").build());
        assertThat(((EditResult.Edited) onlyUrl).link().blocked())
                .as("the rule still leads there")
                .isTrue();
        EditResult noRules = service.edit(
                Visibility.ALL, link.key(), LinkPatch.builder().rules(List.of()).build());
        assertThat(((EditResult.Edited) noRules).link().blocked()).isFalse();
    }

    @Test
    void aDeletionIsPublishedWithAHigherVersion() {
        Link link = created(to("http://a/").customSlug("gone"));
        published.clear();

        assertThat(service.delete(Visibility.ALL, link.key())).isTrue();
        assertThat(service.delete(Visibility.ALL, link.key())).isFalse();

        assertThat(published).hasSize(1);
        assertThat(published.getFirst().link()).isNull();
        assertThat(published.getFirst().version()).isGreaterThan(link.version());
    }

    @Test
    void aBulkCreateAnswersEachRowOnItsOwnTerms() {
        Link existing = created(to("http://old/").customSlug("old"));
        codes.next.addAll(List.of("old", "fresh"));
        published.clear();

        List<CreateResult> results = service.createAll(
                Visibility.ALL,
                List.of(
                        to("http://a/").build(),
                        to("http://b/").customSlug("old").build(),
                        to("nonsense").build(),
                        to("http://c/").customSlug("new").build(),
                        to("http://d/").customSlug("new").build(),
                        to("http://old/").findIfExists(true).build(),
                        to("http://e/").idempotencyKey("bulk").build()));

        assertThat(results).hasSize(7);
        assertThat(((Created) results.get(0)).link().key().slug()).isEqualTo("fresh");
        assertThat(results.get(1)).isEqualTo(new SlugTaken(LinkKey.ofSlug("old")));
        assertThat(((Rejected) results.get(2)).rejection().reason()).isEqualTo(Reason.URL_MALFORMED);
        assertThat(((Created) results.get(3)).link().longUrl()).isEqualTo("http://c/");
        assertThat(results.get(4)).isEqualTo(new SlugTaken(LinkKey.ofSlug("new")));
        assertThat(results.get(5)).isEqualTo(new Existing(existing));
        assertThat(results.get(6)).isInstanceOf(Created.class);
        assertThat(published).hasSize(3);
    }

    @Test
    void aBulkCreateIsBounded() {
        List<CreateLink> rows = Collections.nCopies(
                LinkService.BULK_ROWS_MAX + 1, to("http://a/").build());

        assertThatThrownBy(() -> service.createAll(Visibility.ALL, rows))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10000");
    }

    @Test
    void tagsAreRenamedAndDeleted() {
        created(to("http://a/").tags(Set.of("x", "y")));

        assertThat(service.renameTag(Visibility.ALL, "x", " z ")).isEqualTo(new Checked.Accepted<>(1));
        assertThat(service.renameTag(Visibility.ALL, "z", "a,b")).isInstanceOf(Checked.Refused.class);
        assertThat(service.tags(Visibility.ALL)).containsExactly(new TagCount("y", 1), new TagCount("z", 1));
        assertThat(service.deleteTags(Visibility.ALL, Set.of("y", "z"))).isEqualTo(2);
        assertThat(service.tags(Visibility.ALL)).isEmpty();
    }

    @Test
    void pageSizesAreBounded() {
        assertThatThrownBy(() -> service.list(LinkQuery.ALL, 0, 10)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> service.list(LinkQuery.ALL, 1, 1_001)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> service.listBefore(LinkQuery.ALL, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
