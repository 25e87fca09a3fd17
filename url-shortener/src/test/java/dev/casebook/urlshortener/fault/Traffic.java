package dev.casebook.urlshortener.fault;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Visitors and authors behind a load balancer that does what nginx does by default ({@code proxy_next_upstream error}): it goes round the nodes, and when
 * one refuses the connection or ends it without a byte of an answer, the next one gets the request; every request here is safe to
 * repeat. They go on until stopped and write down what was promised to them.
 */
final class Traffic implements AutoCloseable {
    private static final long PAUSE_NANOS = Duration.ofMillis(4).toNanos();
    private static final long REFUSED_PAUSE_NANOS = Duration.ofMillis(50).toNanos();

    private final Api api;
    private final Supplier<List<URI>> nodes;
    private final List<String> slugs;
    private final List<Thread> people = new ArrayList<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final AtomicInteger visits = new AtomicInteger();
    private final AtomicInteger authored = new AtomicInteger();
    private final Map<String, LongAdder> asked = new ConcurrentHashMap<>();
    private final Map<String, LongAdder> redirected = new ConcurrentHashMap<>();
    private final Map<String, String> created = new ConcurrentHashMap<>();
    private final Queue<String> givenTwice = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final LongAdder refused = new LongAdder();
    private final LongAdder cutOff = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private volatile boolean stopping;

    /** @param slugs what visitors follow, in turn */
    Traffic(Api api, Supplier<List<URI>> nodes, List<String> slugs) {
        this.api = api;
        this.nodes = nodes;
        this.slugs = slugs;
    }

    Traffic start(int visitors, int authors) {
        for (int i = 0; i < visitors; i++) {
            people.add(Thread.ofVirtual().start(() -> go(this::visit)));
        }
        for (int i = 0; i < authors; i++) {
            people.add(Thread.ofVirtual().start(() -> go(this::author)));
        }
        return this;
    }

    private interface Act {
        void once() throws InterruptedException;
    }

    private void go(Act act) {
        try {
            while (!stopping) {
                act.once();
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private interface Request {
        HttpResponse<String> to(URI node) throws IOException, InterruptedException;
    }

    /** The answer of the first node that takes the connection. */
    private HttpResponse<String> balance(Request request) throws IOException, InterruptedException {
        List<URI> all = List.copyOf(nodes.get()); // nodes join and leave meanwhile
        int first = turn.getAndIncrement();
        for (int i = 0; i < all.size(); i++) {
            try {
                return request.to(all.get(Math.floorMod(first + i, all.size())));
            } catch (ConnectException gone) {
                refused.increment();
            } catch (HttpTimeoutException hung) {
                throw hung;
            } catch (IOException ended) {
                cutOff.increment();
            }
        }
        throw new ConnectException("refused by all of " + all);
    }

    private void visit() throws InterruptedException {
        String slug = slugs.get(Math.floorMod(visits.getAndIncrement(), slugs.size()));
        LongAdder askedOfSlug = asked.computeIfAbsent(slug, s -> new LongAdder());
        try {
            HttpResponse<String> response = balance(node -> {
                askedOfSlug.increment();
                try {
                    return api.visit(node, slug);
                } catch (ConnectException gone) {
                    askedOfSlug.decrement();
                    throw gone;
                }
            });
            if (response.statusCode() == 302) {
                redirected.computeIfAbsent(slug, s -> new LongAdder()).increment();
            } else {
                failures.add("GET " + slug + " answered " + response.statusCode());
            }
        } catch (ConnectException nobody) {
            unanswered.increment();
            LockSupport.parkNanos(REFUSED_PAUSE_NANOS);
        } catch (IOException broken) {
            failures.add("GET " + slug + " broke: " + broken);
        }
    }

    /** Repeats a create that got no answer, under its key, until it has one: it must then exist once. */
    private void author() throws InterruptedException {
        String longUrl = "https://example.com/authored/" + authored.incrementAndGet();
        while (!stopping) {
            try {
                HttpResponse<String> response = balance(node -> api.create(node, longUrl, longUrl));
                if (response.statusCode() == 200) {
                    String other = created.putIfAbsent(Api.slug(response), longUrl);
                    if (other != null) {
                        givenTwice.add(Api.slug(response) + " to " + other + " and " + longUrl);
                    }
                    return;
                }
                failures.add("POST answered " + response.statusCode() + " " + response.body());
                return;
            } catch (IOException again) {
                LockSupport.parkNanos(REFUSED_PAUSE_NANOS);
            }
        }
    }

    /** Lets all finish what they have begun. */
    void stop() throws InterruptedException {
        stopping = true;
        for (Thread person : people) {
            person.join();
        }
    }

    /** Redirects that visitors got. */
    long redirects() {
        return sum(redirected);
    }

    /** Redirects that visitors asked for of a node that may have got the request. */
    long asked() {
        return sum(asked);
    }

    long redirectsOf(String slug) {
        LongAdder count = redirected.get(slug);
        return count == null ? 0 : count.sum();
    }

    long askedOf(String slug) {
        LongAdder count = asked.get(slug);
        return count == null ? 0 : count.sum();
    }

    /** Links that authors were told they have: slug and destination. */
    Map<String, String> created() {
        return created;
    }

    /** Slugs that two authors were given. */
    List<String> givenTwice() {
        return List.copyOf(givenTwice);
    }

    /** Answers other than the promised ones, and requests that hung. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    /** How often a node did not take the request, so that the next one was asked. */
    long passedOn() {
        return refused.sum() + cutOff.sum();
    }

    /** Visits that no node answered. */
    long unanswered() {
        return unanswered.sum();
    }

    private static long sum(Map<String, LongAdder> counts) {
        return counts.values().stream().mapToLong(LongAdder::sum).sum();
    }

    @Override
    public void close() {
        stopping = true;
        people.forEach(Thread::interrupt);
    }
}
