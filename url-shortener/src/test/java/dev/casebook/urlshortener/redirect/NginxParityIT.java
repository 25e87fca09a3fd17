package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.SystemTool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** nginx's {@code map} with {@code return 302} (Debian package {@code nginx}). */
class NginxParityIT extends RedirectParity {
    NginxParityIT() {
        super(Map.of());
    }

    @Override
    List<String> configure(Path folder, int freePort, Map<String, String> destinations) throws IOException {
        Path command = SystemTool.NGINX.require();
        StringBuilder map = new StringBuilder();
        destinations.forEach((slug, destination) ->
                map.append('/').append(slug).append(" \"").append(destination).append("\";\n"));
        Files.writeString(folder.resolve("links.map"), map);
        Path configuration = Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                worker_processes 1;
                pid nginx.pid;
                events { worker_connections 64; }
                http {
                  map $uri $target { include links.map; }
                  access_log off;
                  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d;
                    if ($target = "") { return 404; }
                    return 302 $target;
                  }
                }
                """.formatted(freePort));
        return List.of(
                command.toString(),
                "-p",
                folder.toString(),
                "-c",
                configuration.toString(),
                "-e",
                folder.resolve("error.log").toString());
    }
}
