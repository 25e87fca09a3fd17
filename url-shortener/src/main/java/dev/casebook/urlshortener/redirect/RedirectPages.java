package dev.casebook.urlshortener.redirect;

import dev.casebook.common.http.Problem;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Link;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The few small pages that visitors see instead of a redirect, and the same as problem details for those who ask for
 * JSON. No script; the one style sheet is allowed by its hash; every text from outside is escaped. Immutable.
 */
final class RedirectPages {
    private static final String STYLE = """
            :root{color-scheme:light dark;--ink:#1a1d21;--quiet:#5b6470;--paper:#fbfbfa;--line:#d9dce0;--accent:#0b5fff;--bad:#b91c1c}
            @media(prefers-color-scheme:dark){:root{--ink:#e8eaed;--quiet:#9aa4b0;--paper:#14171a;--line:#333a42;--accent:#7aa7ff;--bad:#f87171}}
            body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
            main{box-sizing:border-box;width:100%;max-width:34rem;padding:2rem}h1{font-size:1.5rem;margin:0 0 .5rem}p{margin:.5rem 0;color:var(--quiet)}
            .url{color:var(--ink);overflow-wrap:anywhere;font-family:ui-monospace,monospace;border:1px solid var(--line);border-radius:.5rem;padding:.75rem}
            a,button{color:var(--accent)}form{display:flex;gap:.5rem;margin-top:1rem;flex-wrap:wrap}
            .wrong{color:var(--bad)}input{flex:1 1 12rem;min-width:0}:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
            input,button{font:inherit;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.5rem;background:none;color:var(--ink)}
            button{border-color:var(--accent);color:var(--accent);cursor:pointer}
            """;

    private static final String POLICY =
            "default-src 'none'; style-src 'sha256-" + sha256(STYLE) + "'; base-uri 'none'; frame-ancestors 'none'; ";

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("d MMMM uuuu", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private RedirectPages() {}

    static Reply refused(Request request, Resolution.Refusal why) {
        return answer(request, 404, why.slug(), why.title(), why.detail());
    }

    static Reply tooMany(Request request, Duration rest, String detail) {
        return answer(request, 429, "too-many-requests", "Slow down", detail).withHeader("retry-after", seconds(rest));
    }

    static Reply unavailable(Request request, Duration retryAfter) {
        return answer(
                        request,
                        503,
                        "temporarily-unavailable",
                        "One moment",
                        "This short link cannot be looked up right now. Please try again.")
                .withHeader("retry-after", seconds(retryAfter));
    }

    /** The form posts to the page's own address. A browser applies form-action to the redirect that follows, too. */
    static Reply password(Request request, boolean wrong) {
        if (wantsJson(request)) {
            return Reply.problem(Problem.of(
                            403,
                            wrong ? "wrong-password" : "password-required",
                            wrong ? "Wrong password" : "Password required",
                            "POST the form field password to this address."))
                    .withHeader("cache-control", "no-store");
        }
        return page(
                wrong ? 403 : 200,
                "Password required",
                "form-action 'self' http: https:",
                (wrong ? "<p role=\"alert\" class=\"wrong\">That was not the password. Try again.</p>" : "")
                        + "<p>This short link asks for a password.</p>"
                        + "<form method=\"post\"><input type=\"password\" name=\"password\" maxlength=\""
                        + PasswordGate.PASSWORD_CHARS_MAX
                        + "\" required autofocus aria-label=\"Password\" autocomplete=\"off\">"
                        + "<button>Continue</button></form>");
    }

    /** @param destination null when the visitor may not see it before the visit */
    static Reply preview(Link link, @Nullable String destination) {
        String title = link.title() == null ? "" : "<p dir=\"auto\">" + escape(link.title()) + "</p>";
        String target = destination == null
                ? "<p>Where it leads is shown to those who visit it.</p>"
                : "<p class=\"url\">" + escape(destination) + "</p>";
        String varies = link.rules().isEmpty() ? "" : "<p>Some visitors are led elsewhere, by its owner's rules.</p>";
        String made = "<p>Made on " + DAY.format(link.createdAt()) + ".</p>";
        return page(
                200,
                "Where this short link leads",
                "form-action 'none'",
                title + target + varies + made + "<p><a rel=\"nofollow\" href=\"/"
                        + escape(LocationHeader.of(link.key().slug())) + "\">Continue</a></p>");
    }

    static boolean wantsJson(Request request) {
        String accept = request.header("accept").orElse("").toLowerCase(Locale.ROOT);
        return accept.contains("json") && !accept.contains("text/html");
    }

    private static Reply answer(Request request, int status, String slug, String title, String detail) {
        Reply reply = wantsJson(request)
                ? Reply.problem(Problem.of(status, slug, title, detail))
                : page(status, title, "form-action 'none'", "<p>" + escape(detail) + "</p>");
        return reply.withHeader("cache-control", "no-store");
    }

    private static Reply page(int status, String title, String formAction, String body) {
        String html = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">"
                + "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"robots\" content=\"noindex\">"
                + "<title>" + title + "</title><style>" + STYLE + "</style><main><h1>" + title + "</h1>" + body
                + "</main></html>";
        return Reply.html(status, html)
                .withHeader("content-security-policy", POLICY + formAction)
                .withHeader("referrer-policy", "no-referrer");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    /** Rounded up: a client that comes back a moment early would only be refused again. */
    private static String seconds(Duration duration) {
        return Long.toString(Math.max(1, duration.plusMillis(999).toSeconds()));
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
