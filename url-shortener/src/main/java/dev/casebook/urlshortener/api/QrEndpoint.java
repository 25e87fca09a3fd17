package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Problem;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.Domains;
import dev.casebook.urlshortener.link.LinkKey;
import io.nayuki.qrcodegen.QrCode;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.imageio.ImageIO;

/**
 * {@code GET /{code}/qr-code}: the short URL as a QR code (ISO/IEC 18004), SVG or PNG. Takes Shlink 4's parameters
 * {@code size} (pixels of a side, {@value #SIZE_MIN} to {@value #SIZE_MAX}), {@code format}, {@code margin} (pixels) and {@code errorCorrection}
 * (l, m, q, h).
 *
 * <p>The URL is on the domain that the request's host serves, by the rule of redirects; {@code domain} names another of this installation's,
 * for a page that shows all of them. The picture depends on the URL alone, so it is drawn whether or not the link exists: a printed
 * code costs no look-up.
 */
final class QrEndpoint {
    static final int SIZE_MIN = 50;
    static final int SIZE_MAX = 1000;
    private static final int SIZE_DEFAULT = 300;
    private static final int MARGIN_MAX = 100;
    /** Quiet zone that scanners rely on, in modules, unless a margin in pixels is asked for. */
    private static final int QUIET_ZONE_MODULES = 4;

    private static final int BLACK = 0x000000;
    private static final int WHITE = 0xFFFFFF;

    private final ShortUrlAddress address;
    private final Domains domains;
    private final Function<String, Optional<String>> domainOf;

    /** @param domainOf the domain that a host's visitors are served; empty for the default one */
    QrEndpoint(ShortUrlAddress address, Domains domains, Function<String, Optional<String>> domainOf) {
        this.address = address;
        this.domains = domains;
        this.domainOf = domainOf;
    }

    Reply draw(Request request) {
        int size = number(request, "size", SIZE_DEFAULT, SIZE_MIN, SIZE_MAX);
        int margin = number(request, "margin", -1, 0, MARGIN_MAX);
        String format = request.query("format").orElse("svg").toLowerCase(Locale.ROOT);
        QrCode code = QrCode.encodeText(address.of(key(request)), errorCorrection(request));
        Reply reply = switch (format) {
            case "svg" ->
                Reply.bytes("image/svg+xml", svg(code, size, margin).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            case "png" -> Reply.bytes("image/png", png(code, size, margin));
            default -> throw invalid("format", format, "svg or png");
        };
        return reply.withHeader("cache-control", "public, max-age=86400");
    }

    private LinkKey key(Request request) {
        String domain = request.query("domain")
                .map(this::ownDomain)
                .orElseGet(() -> domainOf.apply(request.host()).orElse(""));
        return new LinkKey(domain, request.pathParameter("code"));
    }

    /** Codes for hosts that are not ours would lend them this service's good name. */
    private String ownDomain(String asked) {
        if (asked.equals(Parameters.DEFAULT_DOMAIN)) {
            return "";
        }
        if (!(domains.canonical(asked) instanceof Checked.Accepted<String> canonical)) {
            throw new ProblemException(ShlinkProblems.domainNotFound(asked));
        }
        return canonical.value().isEmpty()
                ? ""
                : domainOf.apply(canonical.value())
                        .orElseThrow(() -> new ProblemException(ShlinkProblems.domainNotFound(asked)));
    }

    private static String svg(QrCode code, int size, int margin) {
        // One path on a grid of modules scales without seams between neighbours.
        double moduleSide =
                margin < 0 ? (double) size / (code.size + 2 * QUIET_ZONE_MODULES) : (double) size / code.size;
        double quiet = margin < 0 ? QUIET_ZONE_MODULES : margin / moduleSide;
        double side = code.size + 2 * quiet;
        StringBuilder path = new StringBuilder();
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                if (code.getModule(x, y)) {
                    path.append('M').append(x).append(' ').append(y).append("h1v1h-1z");
                }
            }
        }
        int pixels = margin < 0 ? size : size + 2 * margin;
        return String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%1$d\" viewBox=\"%2$.3f %2$.3f %3$.3f %3$.3f\" shape-rendering=\"crispEdges\">"
                        + "<rect x=\"%2$.3f\" y=\"%2$.3f\" width=\"%3$.3f\" height=\"%3$.3f\" fill=\"#fff\"/><path d=\"%4$s\"/></svg>",
                pixels,
                -quiet,
                side,
                path);
    }

    private static byte[] png(QrCode code, int size, int margin) {
        int quietModules = margin < 0 ? QUIET_ZONE_MODULES : 0;
        // Whole pixels per module keep edges sharp; what is left over widens the quiet zone evenly.
        int scale = Math.max(1, size / (code.size + 2 * quietModules));
        int side = margin < 0
                ? Math.max(size, scale * (code.size + 2 * quietModules))
                : Math.max(size, scale * code.size) + 2 * margin;
        int offset = (side - scale * code.size) / 2;
        BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_BINARY);
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                boolean dark = x >= offset && y >= offset && code.getModule((x - offset) / scale, (y - offset) / scale);
                image.setRGB(x, y, dark ? BLACK : WHITE);
            }
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static QrCode.Ecc errorCorrection(Request request) {
        String level = request.query("errorCorrection").orElse("l").toLowerCase(Locale.ROOT);
        return switch (level) {
            case "l" -> QrCode.Ecc.LOW;
            case "m" -> QrCode.Ecc.MEDIUM;
            case "q" -> QrCode.Ecc.QUARTILE;
            case "h" -> QrCode.Ecc.HIGH;
            default -> throw invalid("errorCorrection", level, "l, m, q or h");
        };
    }

    private static int number(Request request, String name, int fallback, int least, int most) {
        String value = request.query(name).orElse(null);
        if (value == null) {
            return fallback;
        }
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw invalid(name, value, least + " to " + most);
        }
        throw invalid(name, value, least + " to " + most);
    }

    private static ProblemException invalid(String name, String value, String allowed) {
        return new ProblemException(
                Problem.of(400, "invalid-parameter", "Invalid parameter", name + " must be " + allowed + ": " + value));
    }
}
