package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.SystemTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** HAProxy's {@code redirect location} from a map file (Debian package {@code haproxy}), which tells capitals from small letters. */
class HaproxyParityIT extends RedirectParity {
    HaproxyParityIT() {
        super(Map.of("Sale", "https://example.com/capital", "sale", "https://example.com/small"));
    }

    @ParameterizedTest
    @CsvSource({"GET, Sale, 302", "GET, sale, 302", "GET, SALE, 404", "GET, Plain, 404"})
    void bothTellCapitalsFromSmallLetters(String method, String slug, int status) throws Exception {
        requireAgreement(method, slug, status);
    }

    @Override
    List<String> configure(Path folder, int freePort, Map<String, String> destinations) throws IOException {
        Path command = SystemTool.HAPROXY.require();
        StringBuilder lines = new StringBuilder();
        destinations.forEach((slug, destination) ->
                lines.append('/').append(slug).append(' ').append(destination).append('\n'));
        Path map = Files.writeString(folder.resolve("links.map"), lines);
        Path configuration = Files.writeString(folder.resolve("haproxy.cfg"), """
                global
                  nbthread 1
                  maxconn 64
                defaults
                  mode http
                  timeout client 30s
                  timeout server 30s
                  timeout connect 5s
                frontend redirects
                  bind 127.0.0.1:%d
                  http-request set-var(txn.target) path,map(%s)
                  http-request redirect location %%[var(txn.target)] code 302 if { var(txn.target) -m found }
                  http-request return status 404
                """.formatted(freePort, map));
        return List.of(command.toString(), "-f", configuration.toString());
    }
}
