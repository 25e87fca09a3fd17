package dev.casebook.urlshortener.link;

/**
 * The four redirects of RFC 9110 section 15.4 that a link may answer with. {@link #FOUND} is the default: a permanent
 * one is cached by browsers, whose later clicks are then neither counted nor editable.
 */
public enum RedirectStatus {
    MOVED_PERMANENTLY(301),
    FOUND(302),
    TEMPORARY_REDIRECT(307),
    PERMANENT_REDIRECT(308);

    private final int code;

    RedirectStatus(int code) {
        this.code = code;
    }

    /** The HTTP status code. */
    public int code() {
        return code;
    }

    /**
     * The constant of a status code.
     *
     * @throws IllegalArgumentException when the code is none of 301, 302, 307, 308
     */
    public static RedirectStatus of(int code) {
        for (RedirectStatus status : values()) {
            if (status.code == code) {
                return status;
            }
        }
        throw new IllegalArgumentException("redirect status must be one of 301, 302, 307, 308: " + code);
    }
}
