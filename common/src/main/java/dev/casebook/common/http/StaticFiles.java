package dev.casebook.common.http;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files of a folder on the class path, read once, kept in memory as they are and compressed. Names are checked against a strict pattern before anything is looked up, so that no
 * path leads out of the folder. Only files that exist are remembered, which bounds the memory. Thread-safe.
 */
final class StaticFiles {
    private static final Pattern SAFE_PATH =
            Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");
    private static final Map<String, String> CONTENT_TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("yaml", "application/yaml"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    private final ClassLoader classPath;
    private final String folder;
    private final Map<String, Asset> assets = new ConcurrentHashMap<>();

    private static final class Asset {
        final Reply plain;
        final Reply compressed;

        Asset(String contentType, byte[] bytes) {
            byte[] gzip = Compression.isCompressible(contentType) ? Compression.gzip(bytes) : bytes;
            plain = reply(contentType, bytes);
            compressed = gzip.length < bytes.length
                    ? reply(contentType, gzip).withHeader("content-encoding", "gzip")
                    : plain;
        }

        /** Revalidated at every use, which the entity tag makes cheap: a new release is seen at once. */
        private static Reply reply(String contentType, byte[] bytes) {
            return Reply.bytes(contentType, bytes)
                    .withHeader("etag", "\"" + digest(bytes) + "\"")
                    .withHeader("cache-control", "no-cache")
                    .withHeader("vary", "accept-encoding")
                    .withHeader("content-security-policy", ExchangeHandler.STRICT_CSP);
        }
    }

    StaticFiles(ClassLoader classPath, String folder) {
        this.classPath = classPath;
        this.folder = folder.isEmpty() || folder.endsWith("/") ? folder : folder + "/";
    }

    /** The file at {@code path} in the folder, or 304, or a problem with status 404. */
    Reply serve(Request request, String path) throws IOException {
        Asset asset = asset(path);
        if (asset == null) {
            return Reply.problem(
                    Problem.of(404, "not-found", "Not found", "There is no file at " + request.path() + "."));
        }
        Reply reply = Compression.accepts(request) ? asset.compressed : asset.plain;
        String tag = reply.header("etag").orElseThrow();
        return request.headers("if-none-match").stream().anyMatch(tags -> names(tags, tag))
                ? reply.withStatus(304)
                : reply;
    }

    private @Nullable Asset asset(String path) throws IOException {
        Asset known = assets.get(path);
        if (known != null || !SAFE_PATH.matcher(path).matches()) {
            return known;
        }
        try (InputStream file = classPath.getResourceAsStream(folder + path)) {
            if (file == null) {
                return null;
            }
            Asset read = new Asset(contentType(path), file.readAllBytes());
            assets.put(path, read);
            return read;
        }
    }

    private static String contentType(String path) {
        String extension = path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        return Optional.ofNullable(CONTENT_TYPES.get(extension)).orElse("application/octet-stream");
    }

    /** Weak comparison (RFC 9110 section 13.1.2). */
    private static boolean names(String tags, String tag) {
        for (String each : tags.split(",", -1)) {
            String candidate = each.strip();
            if (candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }

    private static String digest(byte[] bytes) {
        try {
            byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
            return HexFormat.of().formatHex(sha256, 0, 12);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
