package dev.casebook.urlshortener.analytics.rollup;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.util.Locale;
import java.util.regex.Pattern;
import ua_parser.Client;
import ua_parser.Parser;

/**
 * Reads User-Agent headers with ua-parser's regular expressions, each distinct header once while it stays among the last
 * {@link #REMEMBERED_MAX}. A first reading costs hundreds of regular expressions, some 0.1 ms to 1 ms; that is why it happens
 * in the aggregator and never near a redirect. Safe for concurrent use.
 */
final class UserAgents {
    /** Distinct headers whose reading is kept. */
    static final int REMEMBERED_MAX = 20_000;

    private static final String FAMILY_UNKNOWN = "Other";
    private static final String FAMILY_BOT = "Spider";

    /** What ua-parser does not call a spider: link previews, monitors, HTTP libraries and headless browsers. */
    private static final Pattern AUTOMATED = Pattern.compile(
            "bot\\b|crawl|spider|slurp|preview|facebookexternalhit|whatsapp/|telegram|skypeuripreview|embedly|monitor|"
                    + "pingdom|uptime|statuscake|headless|phantomjs|lighthouse|^curl/|^wget/|python-requests|python-urllib|"
                    + "aiohttp|httpx/|go-http-client|^java/|java-http-client|apache-httpclient|okhttp|axios/|node-fetch|"
                    + "undici|libwww-perl|guzzlehttp|postmanruntime|^wrk|^ab/|^oha/|^k6/|scrapy|^ruby|http_request");

    private final Parser parser = new Parser();
    private final LoadingCache<String, Agent> remembered =
            Caffeine.newBuilder().maximumSize(REMEMBERED_MAX).build(this::parse);

    Agent read(String header) {
        return header.isEmpty() ? Agent.UNKNOWN : remembered.get(header);
    }

    private Agent parse(String header) {
        Client client = parser.parse(header);
        String device = known(client.device.family);
        boolean bot = device.equals(FAMILY_BOT)
                || AUTOMATED.matcher(header.toLowerCase(Locale.ROOT)).find();
        return new Agent(known(client.userAgent.family), known(client.os.family), device, bot);
    }

    private static String known(@org.jspecify.annotations.Nullable String family) {
        return family == null || family.equals(FAMILY_UNKNOWN) ? "" : family;
    }
}
