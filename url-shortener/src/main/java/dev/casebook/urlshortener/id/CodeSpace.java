package dev.casebook.urlshortener.id;

import dev.casebook.common.codec.Base62;
import java.nio.charset.StandardCharsets;

/** The codes of exactly seven Base62 characters, as the numbers [0, 62<sup>7</sup>). */
final class CodeSpace {
    static final int LENGTH = 7;

    /** 62<sup>7</sup>, about 3.5e12: a thousand codes a second for 111 years. */
    static final long SIZE = 3_521_614_606_208L;

    private CodeSpace() {}

    /** The code of a number, zeros in front. */
    static String encode(long number) {
        byte[] code = new byte[LENGTH];
        Base62.encode(number, code, 0, LENGTH);
        return new String(code, StandardCharsets.ISO_8859_1);
    }
}
