package dev.casebook.common.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/**
 * Gzip for whole replies. Netty's {@code HttpContentCompressor} would compress on the event loop, where a large body holds up every connection of that loop; this runs on
 * the virtual thread that made the reply. Streams of events pass uncompressed: a compressor would hold events back.
 */
final class Compression {
    /** Below this a packet is sent either way. */
    private static final int BYTES_MIN = 1_400;

    private static final Pattern COMPRESSIBLE =
            Pattern.compile("(?:text/.*|application/(?:.*\\+)?(?:json|xml|javascript|yaml)|image/svg\\+xml)(?:;.*)?");

    private Compression() {}

    /** The reply, compressed if the client takes gzip and it makes sense. A reply with an {@code ETag} is left alone, since that names its exact bytes. */
    static Reply apply(Request request, Reply reply) {
        if (reply.content() instanceof Reply.Body.Bytes whole
                && whole.bytes().length >= BYTES_MIN
                && isCompressible(reply.header("content-type").orElse(""))
                && reply.header("content-encoding").isEmpty()
                && reply.header("etag").isEmpty()) {
            Reply varied = reply.withHeader("vary", "accept-encoding");
            return accepts(request)
                    ? varied.withHeader("content-encoding", "gzip").withBytes(gzip(whole.bytes()))
                    : varied;
        }
        return reply;
    }

    /** The head of a streamed reply: says {@code gzip} if its body is to be compressed on the way. */
    static Reply describe(Request request, Reply reply) {
        if (!isCompressible(reply.header("content-type").orElse(""))
                || reply.header("content-encoding").isPresent()) {
            return reply;
        }
        Reply varied = reply.withHeader("vary", "accept-encoding");
        return accepts(request) ? varied.withHeader("content-encoding", "gzip") : varied;
    }

    static boolean isCompressible(String contentType) {
        return COMPRESSIBLE.matcher(contentType.toLowerCase(Locale.ROOT)).matches();
    }

    /** Whether {@code Accept-Encoding} (RFC 9110 section 12.5.3) has gzip with a weight that is not zero. */
    static boolean accepts(Request request) {
        for (String coding :
                String.join(",", request.headers("accept-encoding")).split(",", -1)) {
            String[] parts = coding.strip().toLowerCase(Locale.ROOT).split("\\s*;\\s*", -1);
            if (parts[0].equals("gzip")) {
                return parts.length == 1 || !parts[1].matches("q=0(\\.0*)?");
            }
        }
        return false;
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(bytes.length / 2);
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
        return compressed.toByteArray();
    }
}
