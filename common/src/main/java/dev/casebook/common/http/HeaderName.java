package dev.casebook.common.http;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A header field's name, made ready for comparing with bytes in any case. Make it once, keep it in a constant. Immutable. */
public final class HeaderName {
    private final byte[] lower;

    private HeaderName(byte[] lower) {
        this.lower = lower;
    }

    public static HeaderName of(String name) {
        return new HeaderName(name.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII));
    }

    /** Whether {@code bytes[from, from + length)} is this name. Does not allocate. */
    public boolean matches(byte[] bytes, int from, int length) {
        if (length != lower.length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            byte c = bytes[from + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lower[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return new String(lower, StandardCharsets.US_ASCII);
    }
}
