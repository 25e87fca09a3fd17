package dev.casebook.urlshortener;

import dev.casebook.backing.KafkaService;
import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import dev.casebook.urlshortener.auth.ApiKeyService;
import java.io.PrintWriter;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a node prints once it serves: where it is, and what to try. Output goes to logs, so no password is in it, and an API key only when
 * this start has made it.
 *
 * @param newApiKey the key that this start has made, if it has
 * @param givenApiKey the key that came as an option, if one did; not printed
 */
record Announcement(
        URI node,
        @Nullable String newApiKey,
        @Nullable String givenApiKey,
        PostgresService postgres,
        RedisService redis,
        KafkaService kafka) {
    void print(PrintWriter out) {
        out.println();
        out.println("  Page      " + node + "/" + (newApiKey == null ? "" : "#key=" + newApiKey));
        out.println("  API       " + node + "/openapi.json");
        out.println("  Metrics   " + node + "/metrics");
        out.println("  Servers   --redis " + redis + " --kafka " + kafka + " \\");
        out.println("            --postgres " + postgres.shellWord());
        out.println();
        if (newApiKey != null) {
            out.println("  API key   " + newApiKey + "   (shown only now; kept as a hash)");
        } else if (givenApiKey != null) {
            out.println("  API key   the one of --initial-api-key");
            if (givenApiKey.length() < ApiKeyService.KEY_CHARS_SAFE_MIN) {
                out.println("  Warning   that key can be guessed: it has fewer than " + ApiKeyService.KEY_CHARS_SAFE_MIN
                        + " characters and may do everything");
            }
        } else {
            out.println("  API key   the one that the first start printed; --initial-api-key KEY adds another");
        }
        out.println();
        out.println("  Try       KEY='" + (newApiKey == null ? "YOUR-API-KEY" : newApiKey) + "'");
        out.println("            curl -s " + node + "/rest/v3/short-urls -H \"X-Api-Key: $KEY\" \\");
        out.println("                 -H 'Content-Type: application/json' \\");
        out.println(
                "                 -d '{\"longUrl\":\"https://example.com/a/long/address\",\"customSlug\":\"hello\",\"findIfExists\":true}'");
        out.println("            curl -si " + node + "/hello");
        out.println("  Stop      Ctrl-C");
        out.println();
        out.flush();
    }
}
