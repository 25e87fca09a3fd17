package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.load.HttpRequestSource;
import dev.casebook.benchmarks.load.HttpRequests;
import dev.casebook.benchmarks.load.HttpTarget;
import dev.casebook.benchmarks.load.LoadScenario;
import dev.casebook.benchmarks.load.LoadSetup;
import dev.casebook.benchmarks.load.LoadTarget;
import dev.casebook.benchmarks.load.ZipfSequence;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Traffic of a URL shortener: redirects over links made before, with a share of creations. The three numbers that shape
 * it are settings ({@code --set links=...}, {@code exponent}, {@code creates}); the named scenarios are their usual values.
 *
 * @param links how many links exist beforehand
 * @param exponent of Zipf's law over the links' popularity; 0 asks for every link equally often
 * @param creates share of requests that make a new link, 0 to 1
 */
record LinkTraffic(String name, String description, int links, double exponent, double creates)
        implements LoadScenario {
    private static final int LINKS_MAX = 10_000_000;
    private static final double EXPONENT_MAX = 10;
    private static final int REDIRECT = 0;
    private static final int CREATE = 1;

    private static final Map<String, String> BROWSER = Map.of(
            "User-Agent",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36",
            "Accept-Language",
            "en-GB,en;q=0.8");

    /** The named scenarios, the default first. */
    static final List<LoadScenario> SCENARIOS = List.of(
            new LinkTraffic("zipf", "redirects over 10,000 links, popularity by Zipf's law", 10_000, 1, 0),
            new LinkTraffic("hot", "redirects of one link that everybody clicks", 1, 0, 0),
            new LinkTraffic("distinct", "redirects over 10,000 links, each equally often", 10_000, 0, 0),
            new LinkTraffic("create", "creations of links, each with its own destination", 1, 0, 1),
            new LinkTraffic("mixed", "redirects by Zipf's law, one request in a hundred a creation", 10_000, 1, 0.01));

    @Override
    public String description() {
        return description + " (--set links=" + links + " exponent=" + exponent + " creates=" + creates + ")";
    }

    @Override
    public LoadTarget open(LoadSetup setup) throws IOException, InterruptedException {
        int count = setup.settings().get("links", links, 1, LINKS_MAX);
        double zipf = setup.settings().get("exponent", exponent, 0, EXPONENT_MAX);
        double share = setup.settings().get("creates", creates, 0, 1);
        byte[][] slugs = LinkFixture.slugs(setup, count).stream()
                .map(slug -> slug.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
        ZipfSequence popularity = new ZipfSequence(count, zipf, setup.seed());
        // New destinations every run: a creation that finds an old link would be another measurement.
        String run = Long.toString(System.currentTimeMillis(), 36);
        return HttpTarget.open(
                setup,
                List.of("redirect", "create"),
                (operation, status) ->
                        operation == CREATE ? status == 200 || status == 201 : status > 300 && status < 309,
                lane -> new Requests(setup, slugs, popularity, share, run, lane));
    }

    /** One lane's requests. */
    private static final class Requests implements HttpRequestSource {
        private final byte[] beforeSlug;
        private final byte[] afterSlug;
        private final byte[][] slugs;
        private final ZipfSequence popularity;
        private final double creates;
        private final URI service;
        private final Map<String, String> createHeaders;
        private final String destination;
        private final SplittableRandom random;
        private long position;
        private long created;

        Requests(LoadSetup setup, byte[][] slugs, ZipfSequence popularity, double creates, String run, int lane) {
            String whole = new String(HttpRequests.get(setup.uri(), "/*", BROWSER), StandardCharsets.US_ASCII);
            int slugAt = whole.indexOf('*');
            this.beforeSlug = whole.substring(0, slugAt).getBytes(StandardCharsets.US_ASCII);
            this.afterSlug = whole.substring(slugAt + 1).getBytes(StandardCharsets.US_ASCII);
            this.slugs = slugs;
            this.popularity = popularity;
            this.creates = creates;
            this.service = setup.uri();
            this.createHeaders = Map.of("X-Api-Key", setup.apiKey());
            this.destination = "https://example.com/casebook/created/" + run + "/" + lane + "/";
            this.random = new SplittableRandom(setup.seed() + lane);
            this.position = random.nextLong(Integer.MAX_VALUE);
        }

        @Override
        public int next(ByteBuf out) {
            if (creates > 0 && random.nextDouble() < creates) {
                String body = "{\"longUrl\":\"" + destination + created++ + "\"}";
                out.writeBytes(HttpRequests.postJson(service, "/rest/v3/short-urls", createHeaders, body));
                return CREATE;
            }
            out.writeBytes(beforeSlug)
                    .writeBytes(slugs[popularity.rank(position++)])
                    .writeBytes(afterSlug);
            return REDIRECT;
        }
    }
}
