package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.DestinationPolicy;
import dev.casebook.urlshortener.link.DestinationPolicy.Verdict;
import dev.casebook.urlshortener.link.LinkRules;
import dev.casebook.urlshortener.link.NormalizedUrl;
import dev.casebook.urlshortener.link.TitleSource;
import dev.casebook.urlshortener.link.UrlNormalizer;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jsoup.Jsoup;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the title of a page that a stranger named, without letting the stranger choose what we connect to (server-side
 * request forgery). For the destination and again for every redirect: the destination policies must allow it, the port must be
 * one of the allowed, every address the name resolves to must be public, and the connection goes to the very
 * address that was checked ({@link PinnedHttpClient}). Time, bytes, redirects and the number of fetches at once are limited;
 * only uncompressed HTML is read. Thread-safe.
 */
public final class TitleFetcher implements TitleSource, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TitleFetcher.class);
    private static final Pattern CHARSET = Pattern.compile("charset\\s*=\\s*\"?([^\\s;\"]+)", Pattern.CASE_INSENSITIVE);

    private final AddressResolver resolver;
    private final Predicate<InetAddress> reachable;
    private final DestinationPolicy policy;
    private final TitleFetchLimits limits;
    private final LongSupplier nanoTime;
    private final MeterRegistry metrics;
    private final PinnedHttpClient client;
    private final Semaphore slots;
    private final Executor resolving;
    private final UrlNormalizer urls = new UrlNormalizer();

    /**
     * Makes a fetcher.
     *
     * @param reachable which addresses may be connected to; {@link PublicAddresses#isPublic} outside of tests
     * @param tls whom to trust
     * @param nanoTime elapsed nanoseconds, as {@link System#nanoTime}
     * @param resolving runs name lookups, which block and know no time limit: a virtual thread per task
     */
    public TitleFetcher(
            AddressResolver resolver,
            Predicate<InetAddress> reachable,
            DestinationPolicy policy,
            TitleFetchLimits limits,
            SslContext tls,
            LongSupplier nanoTime,
            Executor resolving,
            MeterRegistry metrics) {
        this.resolver = resolver;
        this.reachable = reachable;
        this.policy = policy;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.resolving = resolving;
        this.metrics = metrics;
        client = new PinnedHttpClient(tls);
        slots = new Semaphore(limits.concurrent());
    }

    /** A fetcher for the public internet, trusting whom the JDK trusts. */
    public static TitleFetcher create(DestinationPolicy policy, MeterRegistry metrics) {
        try {
            return new TitleFetcher(
                    AddressResolver.SYSTEM,
                    PublicAddresses::isPublic,
                    policy,
                    TitleFetchLimits.defaults(),
                    SslContextBuilder.forClient().build(),
                    System::nanoTime,
                    task -> Thread.ofVirtual().name("title-resolve").start(task),
                    metrics);
        } catch (SSLException failure) {
            throw new IllegalStateException("this JDK has no TLS", failure);
        }
    }

    @Override
    public Optional<String> titleOf(NormalizedUrl url) {
        if (!slots.tryAcquire()) {
            count("busy");
            return Optional.empty();
        }
        try {
            Optional<String> title = fetch(url);
            count(title.isPresent() ? "found" : "none");
            return title;
        } catch (RefusedTargetException refused) {
            LOG.debug("title of {} not fetched: {}", url.url(), refused.getMessage());
            count("refused");
            return Optional.empty();
        } catch (IOException failure) {
            LOG.debug("title of {} not fetched: {}", url.url(), failure.getMessage());
            count("failed");
            return Optional.empty();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            slots.release();
        }
    }

    private Optional<String> fetch(NormalizedUrl first) throws IOException, InterruptedException {
        long deadlineNanos = nanoTime.getAsLong() + limits.total().toNanos();
        NormalizedUrl url = first;
        for (int redirects = 0; ; redirects++) {
            InetAddress address = checkedAddress(url, deadlineNanos);
            PinnedHttpClient.Page page = client.get(url, address, limits.bodyBytes(), remaining(deadlineNanos));
            if (page.status() == 200) {
                return isHtml(page.contentType()) ? title(page) : Optional.empty();
            }
            if (page.location() == null || !isRedirect(page.status())) {
                return Optional.empty();
            }
            if (redirects == limits.redirects()) {
                throw new IOException("more than " + limits.redirects() + " redirects");
            }
            url = redirectTarget(url, page.location());
        }
    }

    /** One address of a host, all of which may be connected to. */
    private InetAddress checkedAddress(NormalizedUrl url, long deadlineNanos) throws IOException, InterruptedException {
        if (!url.scheme().equals("http") && !url.scheme().equals("https")) {
            throw new RefusedTargetException("not a web page: " + url.scheme());
        }
        if (!limits.ports().contains(url.port())) {
            throw new RefusedTargetException("port not allowed: " + url.port());
        }
        if (policy.judge(url) instanceof Verdict.Denied denied) {
            throw new RefusedTargetException(denied.detail());
        }
        List<InetAddress> addresses = resolve(url.host(), deadlineNanos);
        for (InetAddress address : addresses) {
            if (!reachable.test(address)) {
                throw new RefusedTargetException(url.host() + " has an address that is not public: " + address);
            }
        }
        return addresses.getFirst();
    }

    private List<InetAddress> resolve(String host, long deadlineNanos) throws IOException, InterruptedException {
        CompletableFuture<List<InetAddress>> addresses = new CompletableFuture<>();
        resolving.execute(() -> {
            try {
                addresses.complete(resolver.resolve(host));
            } catch (IOException | RuntimeException failure) {
                addresses.completeExceptionally(failure);
            }
        });
        try {
            return addresses.get(remaining(deadlineNanos).toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IOException("no address of " + host + " in time", late);
        } catch (ExecutionException failed) {
            throw new IOException("no address of " + host, failed.getCause());
        }
    }

    private Duration remaining(long deadlineNanos) throws IOException {
        long nanos = deadlineNanos - nanoTime.getAsLong();
        if (nanos <= 0) {
            throw new IOException("not done within " + limits.total());
        }
        return Duration.ofNanos(nanos);
    }

    private NormalizedUrl redirectTarget(NormalizedUrl from, String location) throws IOException {
        String target;
        try {
            target = URI.create(from.url()).resolve(location).toString();
        } catch (IllegalArgumentException malformed) {
            throw new IOException("malformed redirect: " + location, malformed);
        }
        return switch (urls.normalize(target)) {
            case Checked.Accepted<NormalizedUrl> accepted -> accepted.value();
            case Checked.Refused<NormalizedUrl> refused ->
                throw new RefusedTargetException(refused.rejection().detail());
        };
    }

    private static boolean isRedirect(int status) {
        return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    }

    private static boolean isHtml(@Nullable String contentType) {
        return contentType != null && contentType.toLowerCase(Locale.ROOT).startsWith("text/html");
    }

    private static Optional<String> title(PinnedHttpClient.Page page) throws IOException {
        String charset = page.contentType() == null ? null : charset(page.contentType());
        String title = Jsoup.parse(page.body(), charset, "").title();
        StringBuilder text = new StringBuilder();
        title.codePoints()
                .filter(c -> !Character.isISOControl(c))
                .limit(LinkRules.TITLE_CHARS_MAX / 2)
                .forEach(text::appendCodePoint);
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }

    /** Null, so that the page's own declaration counts, when the header names none or none that we know. */
    private static @Nullable String charset(String contentType) {
        Matcher matcher = CHARSET.matcher(contentType);
        if (!matcher.find()) {
            return null;
        }
        try {
            return Charset.forName(matcher.group(1)).name();
        } catch (IllegalCharsetNameException | UnsupportedCharsetException unknown) {
            return null;
        }
    }

    private void count(String outcome) {
        metrics.counter("urlshortener.title.fetches", "outcome", outcome).increment();
    }

    @Override
    public void close() {
        client.close();
    }

    /** The rules forbid to connect there. */
    private static final class RefusedTargetException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedTargetException(String message) {
            super(message);
        }
    }
}
