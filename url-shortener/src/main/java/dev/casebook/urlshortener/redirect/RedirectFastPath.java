package dev.casebook.urlshortener.redirect;

import dev.casebook.common.http.FastPath;
import dev.casebook.common.http.HeaderName;
import dev.casebook.common.http.RawRequest;
import dev.casebook.urlshortener.analytics.Click;
import dev.casebook.urlshortener.analytics.ClickRecorder;
import dev.casebook.urlshortener.cache.LinkProbe;
import dev.casebook.urlshortener.cache.NearEntry;
import dev.casebook.urlshortener.cache.PreparedAnswer;
import dev.casebook.urlshortener.cache.TieredLinkCache;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;

/**
 * Redirects from L1 in bytes: the code is copied from the request into a probe, the probe finds the entry, the entry
 * holds the encoded response, and the click goes off in a reused flyweight. No String, no map entry and no header object
 * is made, so a redirect allocates nothing; what is left is one hash lookup and three copies.
 *
 * <p>It declines everything that is not fresh in L1, has no prepared answer or is not asked for by its plain code, and a
 * query string when it is to be forwarded. The routes then answer with all the rest. Declining is cheap and always right, so each test here may err on that side only.
 *
 * <p>One per event loop; not thread-safe.
 */
public final class RedirectFastPath implements FastPath {
    private static final HeaderName USER_AGENT = HeaderName.of("user-agent");
    private static final HeaderName REFERER = HeaderName.of("referer");
    private static final HeaderName ACCEPT_LANGUAGE = HeaderName.of("accept-language");
    private static final List<HeaderName> PURPOSES =
            ClickCapture.PURPOSES.stream().map(HeaderName::of).toList();

    private static final HeaderName PREFETCH = HeaderName.of(ClickCapture.PREFETCH);
    private static final byte[] CLOSE = "connection: close\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CR_LF = '\r' << 8 | '\n';
    private static final int ADDRESS_BYTES_MAX = 16;

    private final TieredLinkCache cache;
    private final DomainDirectory domains;
    private final ClickRecorder clicks;
    private final InstantSource clock;
    private final LinkProbe probe;
    private final Click click = new Click();

    public RedirectFastPath(TieredLinkCache cache, DomainDirectory domains, ClickRecorder clicks, InstantSource clock) {
        this.cache = cache;
        this.domains = domains;
        this.clicks = clicks;
        this.clock = clock;
        this.probe = cache.newProbe();
    }

    @Override
    public boolean answer(RawRequest request, ByteBuf out) {
        byte[] bytes = request.array();
        int target = request.targetStart();
        int end = target + request.targetLength();
        startProbe(request, bytes);
        int at = target + 1;
        while (at < end && bytes[at] != '?') {
            byte c = bytes[at++];
            if (!isPlain(c) || !probe.append(c)) {
                return false;
            }
        }
        NearEntry entry = at == target + 1 ? null : cache.probe(probe);
        if (entry == null) {
            return false;
        }
        PreparedAnswer answer = entry.answer();
        if (answer == null || (at < end && answer.onlyWithoutQuery())) {
            return false;
        }
        long now = clock.millis();
        if (now >= answer.untilEpochMillis()) {
            return false;
        }
        out.writeBytes(answer.bytes()).writeBytes(request.dateLine());
        if (!request.keepAlive()) {
            out.writeBytes(CLOSE);
        }
        out.writeShort(CR_LF);
        if (!request.isHead()) {
            record(request, bytes, answer.linkId(), now);
        }
        return true;
    }

    /** Begins the key with the domain, if the host is one that links were made on, and the slash. */
    private void startProbe(RawRequest request, byte[] bytes) {
        probe.start();
        if (!domains.isEmpty()) {
            long host = request.host();
            byte[] domain = domains.domainOf(bytes, RawRequest.offset(host), RawRequest.length(host));
            for (int i = 0; domain != null && i < domain.length; i++) {
                probe.append(domain[i]);
            }
        }
        probe.append((byte) '/');
    }

    /** RFC 3986's unreserved characters, of which plain codes consist. Others may be encoded, suffixes or other routes. */
    private static boolean isPlain(byte c) {
        return (c >= 'a' && c <= 'z')
                || (c >= '0' && c <= '9')
                || (c >= 'A' && c <= 'Z')
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '~';
    }

    private void record(RawRequest request, byte[] bytes, long linkId, long now) {
        click.linkId = linkId;
        click.epochMillis = now;
        click.prefetch = isPrefetch(request, bytes);
        click.addressLength = request.clientAddress(click.bytes);
        int at = ADDRESS_BYTES_MAX;
        long found = request.find(USER_AGENT);
        click.userAgentOffset = at;
        click.userAgentLength = copy(bytes, found, at);
        at += click.userAgentLength;
        found = request.find(REFERER);
        click.refererOffset = at;
        click.refererLength = copy(bytes, found, at);
        at += click.refererLength;
        found = request.find(ACCEPT_LANGUAGE);
        click.acceptLanguageOffset = at;
        click.acceptLanguageLength = copy(bytes, found, at);
        clicks.record(click); // a full queue counts its drops itself
    }

    private static boolean isPrefetch(RawRequest request, byte[] bytes) {
        int length = ClickCapture.PREFETCH.length();
        for (int i = 0; i < PURPOSES.size(); i++) {
            long found = request.find(PURPOSES.get(i));
            if (found >= 0
                    && RawRequest.length(found) >= length
                    && PREFETCH.matches(bytes, RawRequest.offset(found), length)) {
                return true;
            }
        }
        return false;
    }

    private int copy(byte[] bytes, long found, int to) {
        if (found < 0) {
            return 0;
        }
        int length = Math.min(RawRequest.length(found), Click.HEADER_BYTES_MAX);
        System.arraycopy(bytes, RawRequest.offset(found), click.bytes, to, length);
        return length;
    }
}
