package dev.casebook.urlshortener;

import dev.casebook.backing.KafkaService;
import dev.casebook.backing.PostgresService;
import dev.casebook.backing.RedisService;
import java.io.PrintWriter;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What a node prints once it serves: where it is, and what to try. Output goes to logs, so no password is in it, and an API key only when
 * this start has made it.
 *
 * @param newApiKey the key that this start has made, if it has
 * @param apiKeyGiven whether a key came as an option
 */
record Announcement(
        URI node,
        @Nullable String newApiKey,
        boolean apiKeyGiven,
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
        } else if (apiKeyGiven) {
            out.println("  API key   the one of --initial-api-key");
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
