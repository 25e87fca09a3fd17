package dev.casebook.urlshortener.redirect;

import dev.casebook.urlshortener.UrlShortenerNode;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A connection to a node whose request bytes a test writes itself. Each character is sent as one byte. */
final class RawHttp implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket;
    private final InputStream in;

    /** What came back; each byte of {@code body} as one character. */
    record Response(int status, List<String> fields, String body) {
        Optional<String> field(String name) {
            String prefix = name + ":";
            return fields.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).strip())
                    .findFirst();
        }
    }

    RawHttp(UrlShortenerNode node) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), node.uri().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    RawHttp send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /**
     * The next response.
     *
     * @param toHead whether it answers a HEAD, and so has no body
     */
    Response read(boolean toHead) throws IOException {
        String statusLine = readLine();
        List<String> fields = new ArrayList<>();
        for (String line = readLine(); !line.isEmpty(); line = readLine()) {
            fields.add(line);
        }
        Response head = new Response(Integer.parseInt(statusLine.split(" ", 3)[1]), fields, "");
        int length =
                toHead ? 0 : head.field("content-length").map(Integer::parseInt).orElse(0);
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            throw new EOFException("in the body of " + statusLine);
        }
        return new Response(head.status(), fields, new String(body, StandardCharsets.ISO_8859_1));
    }

    /** All responses until the server closes, which it must do within the time limit. */
    List<Response> readToEnd() throws IOException {
        List<Response> responses = new ArrayList<>();
        while (true) {
            in.mark(1);
            if (in.read() < 0) {
                return responses;
            }
            in.reset();
            responses.add(read(false));
        }
    }

    private String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("after \"" + line + '"');
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
