package dev.casebook.common.http;

/** Request targets that are a whole URI, {@code http://host/a?b}, as clients send them to proxies (RFC 9112 section 3.2.2). */
final class AbsoluteForm {
    private static final String MARK = "://";

    private AbsoluteForm() {}

    /** The target's host and port, without user information; empty if the target is no absolute form or names no host. */
    static String authority(String target) {
        int end = endOfAuthority(target);
        if (end < 0) {
            return "";
        }
        String authority = target.substring(target.indexOf(MARK) + MARK.length(), end);
        return authority.substring(authority.lastIndexOf('@') + 1);
    }

    /** Where the target's path begins, or would begin if it has none; -1 if the target is no absolute form. */
    static int endOfAuthority(String target) {
        int mark = target.indexOf(MARK);
        if (mark < 1 || !isScheme(target, mark)) {
            return -1;
        }
        int at = mark + MARK.length();
        while (at < target.length() && "/?#".indexOf(target.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /** A letter, then letters, digits and {@code + - .} (RFC 3986 section 3.1): never a path or a query. */
    private static boolean isScheme(String target, int end) {
        for (int i = 0; i < end; i++) {
            char c = target.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            boolean other = (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
            if (!letter && (i == 0 || !other)) {
                return false;
            }
        }
        return true;
    }
}
