package dev.casebook.urlshortener.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.casebook.backing.testing.SharedBacking;
import dev.casebook.common.http.HttpServer;
import dev.casebook.common.http.Routes;
import dev.casebook.urlshortener.cache.AnswerEncoder;
import dev.casebook.urlshortener.cache.KeyObserver;
import dev.casebook.urlshortener.cache.RedisLinkStore;
import dev.casebook.urlshortener.cache.RedisSettings;
import dev.casebook.urlshortener.cache.TierSettings;
import dev.casebook.urlshortener.cache.TieredLinkCache;
import dev.casebook.urlshortener.link.DomainRedirects;
import dev.casebook.urlshortener.link.DomainRedirectsStore;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkSource;
import dev.casebook.urlshortener.link.RedirectStatus;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Where the slow parts of an answer run when it is a thread of the Redis driver that brings the link. */
class PasswordThreadIT {
    /** Each lookup that Redis answers before the handler looks proves nothing; of so many, most do. */
    private static final int LINKS = 50;

    private final RedisSettings redis = RedisSettings.defaults().withKeyPrefix(SharedBacking.freshPrefix());
    private final Queue<Thread> checking = new ConcurrentLinkedQueue<>();
    private final Queue<Thread> granting = new ConcurrentLinkedQueue<>();

    @Test
    void passwordsAreCheckedAndVisitsTakenOnVirtualThreadsAlsoWhenRedisBroughtTheLink() throws Exception {
        List<String> slugs = new ArrayList<>();
        try (Tiers filling = new Tiers(key -> Optional.of(limited(key)))) {
            for (int i = 0; i < LINKS; i++) {
                slugs.add("locked-" + i);
                filling.cache
                        .find(LinkKey.ofSlug(slugs.getLast()))
                        .toCompletableFuture()
                        .get(10, TimeUnit.SECONDS);
            }
        }

        try (Tiers tiers = new Tiers(key -> Optional.empty());
                ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
                HttpServer server = serve(tiers.cache, blocking);
                HttpClient client = HttpClient.newHttpClient()) {
            for (String slug : slugs) {
                HttpRequest post = HttpRequest.newBuilder(URI.create(server.uri() + "/" + slug))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString("password=right"))
                        .build();
                assertThat(client.send(post, HttpResponse.BodyHandlers.discarding())
                                .statusCode())
                        .isEqualTo(303);
            }
        }

        assertThat(checking).hasSize(LINKS).allMatch(Thread::isVirtual);
        assertThat(granting).isNotEmpty().allMatch(Thread::isVirtual);
    }

    private HttpServer serve(TieredLinkCache cache, ExecutorService blocking) throws BindException {
        Routes routes = new Routes();
        new RedirectHandler(
                        new RedirectHandler.Collaborators(
                                cache,
                                new DomainDirectory(List::of, blocking),
                                click -> true,
                                (linkId, wanted, max) -> {
                                    granting.add(Thread.currentThread());
                                    return wanted;
                                },
                                (password, hash) -> {
                                    checking.add(Thread.currentThread());
                                    return password.equals(hash);
                                },
                                GeoLocator.NOWHERE,
                                limit -> List.of(),
                                Optional::of,
                                new NoDomains()),
                        RedirectSettings.defaults(),
                        blocking,
                        InstantSource.system(),
                        System::nanoTime)
                .addTo(routes);
        return HttpServer.builder().bind("127.0.0.1", 0).routes(routes).start();
    }

    private static Link limited(LinkKey key) {
        return new Link(
                key.hashCode() & Integer.MAX_VALUE,
                key,
                1,
                "https://example.org/",
                RedirectStatus.FOUND,
                Instant.EPOCH,
                null,
                null,
                10,
                "right",
                List.of(),
                false,
                false,
                false,
                null,
                Set.of(),
                null);
    }

    private static final class NoDomains implements DomainRedirectsStore {
        @Override
        public Map<String, DomainRedirects> all() {
            return Map.of();
        }

        @Override
        public DomainRedirects change(String domain, UnaryOperator<DomainRedirects> edit) {
            throw new UnsupportedOperationException();
        }
    }

    /** L1 of its own over the Redis that all of a test share. */
    private final class Tiers implements AutoCloseable {
        private final RedisLinkStore shared;
        private final TieredLinkCache cache;

        Tiers(LinkSource source) {
            TierSettings settings = TierSettings.defaults();
            AnswerEncoder none = link -> null;
            shared = new RedisLinkStore(SharedBacking.redis().uri(), redis, settings.shared(), List.of());
            cache = TieredLinkCache.open(
                    settings, shared, source, none, KeyObserver.NONE, () -> {}, new SimpleMeterRegistry());
        }

        @Override
        public void close() {
            cache.close();
            shared.close();
        }
    }
}
