package dev.casebook.urlshortener.link;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.TreeSet;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells a repeated request from a different one under the same idempotency key: HMAC-SHA-256 over all of a request's
 * parts but the key itself. Keyed, because the request may hold a password and the digest is stored. Thread-safe.
 */
public final class RequestFingerprint {
    private static final String ALGORITHM = "HmacSHA256";

    private final SecretKeySpec key;

    /**
     * Makes the digest of an installation.
     *
     * @param secret at least 16 bytes, the same on every node and at every start
     */
    public RequestFingerprint(byte[] secret) {
        if (secret.length < 16) {
            throw new IllegalArgumentException("secret must have >= 16 bytes: " + secret.length);
        }
        key = new SecretKeySpec(secret, ALGORITHM);
    }

    /** The digest in lower-case hex. Parts are separated by their lengths, so that no two requests run together. */
    String of(CreateLink request) {
        StringBuilder canonical = new StringBuilder(256);
        for (Object part : new Object[] {
            request.longUrl(),
            String.valueOf(request.customSlug()),
            request.domain(),
            request.status(),
            String.valueOf(request.validSince()),
            String.valueOf(request.validUntil()),
            String.valueOf(request.maxVisits()),
            String.valueOf(request.password()),
            request.rules(),
            request.forwardQuery(),
            request.crawlable(),
            String.valueOf(request.title()),
            request.fetchTitle(),
            new TreeSet<>(request.tags()),
            request.findIfExists(),
            request.privateCode(),
            String.valueOf(request.codeLength())
        }) {
            String text = part.toString();
            canonical.append(text.length()).append(':').append(text);
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(canonical.toString().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, impossible);
        }
    }
}
