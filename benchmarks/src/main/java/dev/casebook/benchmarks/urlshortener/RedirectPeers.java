package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.MissingToolException;
import dev.casebook.benchmarks.lab.PeerProcess;
import dev.casebook.benchmarks.lab.Tool;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * nginx and HAProxy as redirect servers, one worker each, with their documented settings for speed: hash tables sized for the keys, keep-alive without end, access log buffered
 * (HAProxy: into a ring in memory, since it writes no files). Each answers with the cache-control that the service gives.
 */
final class RedirectPeers {
    private static final Duration START_MAX = Duration.ofSeconds(30);
    private static final Path NGINX_MODULES = Path.of("/usr/lib/nginx/modules");
    private static final String CACHE_CONTROL = "private, max-age=0";

    private RedirectPeers() {}

    /** A peer that listens. */
    record Peer(PeerProcess process, int port) {}

    /** nginx: {@code map} and {@code return 302}. */
    static Peer nginxMap(LabContext context, RedirectKeys keys)
            throws IOException, InterruptedException, MissingToolException {
        Path folder = Files.createDirectories(context.workDirectory().resolve("nginx-map"));
        keys.write(folder.resolve("links.map"), "/%s %s;");
        int port = PeerProcess.freePort();
        return nginx(context, folder, port, "", """
                  map_hash_max_size 262144;
                  map_hash_bucket_size 128;
                  map $uri $target { include links.map; }
                """, "return 302 $target;");
    }

    /**
     * nginx with Lua that asks Redis for the destination over kept-alive connections.
     *
     * @param prefix of the keys in Redis, whose values are the destinations
     */
    static Peer nginxLua(LabContext context, URI redis, String prefix)
            throws IOException, InterruptedException, MissingToolException {
        Path folder = Files.createDirectories(context.workDirectory().resolve("nginx-lua"));
        int port = PeerProcess.freePort();
        String modules = "load_module " + NGINX_MODULES.resolve("ndk_http_module.so") + ";\nload_module "
                + NGINX_MODULES.resolve("ngx_http_lua_module.so") + ";\n";
        return nginx(context, folder, port, modules, """
                  lua_package_path "/usr/share/lua/5.1/?.lua;;";
                  init_by_lua_block { redis = require "nginx.redis" }
                """, """
                content_by_lua_block {
                        local client = redis:new()
                        client:set_timeout(1000)
                        local ok, err = client:connect("%s", %d)
                        if not ok then ngx.log(ngx.ERR, err) return ngx.exit(503) end
                        local target, err = client:get("%s" .. string.sub(ngx.var.uri, 2))
                        if not target then ngx.log(ngx.ERR, err) return ngx.exit(503) end
                        client:set_keepalive(60000, %d)
                        if target == ngx.null then return ngx.exit(404) end
                        return ngx.redirect(target, 302)
                      }
                """.formatted(
                        redis.getHost(), redis.getPort(), prefix, Wrk.CONNECTIONS));
    }

    private static Peer nginx(LabContext context, Path folder, int port, String modules, String http, String location)
            throws IOException, InterruptedException, MissingToolException {
        Files.writeString(
                folder.resolve("nginx.conf"), modules + """
                daemon off;
                worker_processes 1;
                error_log error.log;
                pid nginx.pid;
                events { worker_connections 1024; }
                http {
                %s  access_log access.log combined buffer=64k flush=1s;
                  keepalive_requests 1000000000;
                  keepalive_timeout 600s;
                  server_tokens off;
                  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
                  server {
                    listen 127.0.0.1:%d backlog=4096;
                    add_header Cache-Control "%s" always;
                    location / {
                      %s
                    }
                  }
                }
                """.formatted(http, port, CACHE_CONTROL, location.strip()));
        context.version("nginx", Tool.NGINX.version());
        return peer(
                context,
                "nginx",
                folder,
                port,
                List.of(
                        Tool.NGINX.path().toString(),
                        "-p",
                        folder.toString(),
                        "-c",
                        folder.resolve("nginx.conf").toString(),
                        "-e",
                        folder.resolve("error.log").toString()));
    }

    /** HAProxy: a map file and {@code http-request redirect}. */
    static Peer haproxyMap(LabContext context, RedirectKeys keys)
            throws IOException, InterruptedException, MissingToolException {
        Path folder = Files.createDirectories(context.workDirectory().resolve("haproxy-map"));
        Path map = folder.resolve("links.map");
        keys.write(map, "/%s %s");
        int port = PeerProcess.freePort();
        Files.writeString(folder.resolve("haproxy.cfg"), """
                global
                  nbthread 1
                  maxconn 2000
                ring access
                  format raw
                  size 1048576
                  maxlen 1200
                defaults
                  mode http
                  timeout client 600s
                  timeout server 600s
                  timeout connect 5s
                  timeout http-keep-alive 600s
                  log ring@access local0
                  option httplog
                frontend redirects
                  bind 127.0.0.1:%d backlog 4096
                  http-after-response set-header Cache-Control "%s"
                  http-request redirect location %%[path,map(%s)] code 302
                """.formatted(port, CACHE_CONTROL, map));
        context.version("haproxy", Tool.HAPROXY.version());
        return peer(
                context,
                "haproxy",
                folder,
                port,
                List.of(
                        Tool.HAPROXY.path().toString(),
                        "-f",
                        folder.resolve("haproxy.cfg").toString()));
    }

    private static Peer peer(LabContext context, String name, Path folder, int port, List<String> command)
            throws IOException, InterruptedException {
        PeerProcess process = context.own(PeerProcess.start(name, folder, command));
        process.awaitPort(port, START_MAX);
        return new Peer(process, port);
    }
}
