package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Problem;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.Rejection;
import java.util.List;

/** Errors as Shlink's REST v3 names them: its clients switch on the type. */
final class ShlinkProblems {
    private static final String TYPES = "https://shlink.io/api/error/";

    private ShlinkProblems() {}

    static Problem invalid(List<String> members, String detail) {
        return problem(400, "invalid-data", "Invalid data", detail).with("invalidElements", members);
    }

    /**
     * A rule about links said no. A destination that policy refuses is well-formed, hence 422; all else is 400.
     */
    static Problem rejected(Rejection rejection) {
        boolean policy = switch (rejection.reason()) {
            case SCHEME_NOT_ALLOWED, DESTINATION_LOOPS, DESTINATION_BLOCKED -> true;
            default -> false;
        };
        return problem(policy ? 422 : 400, "invalid-data", "Invalid data", rejection.detail())
                .with("invalidElements", List.of(rejection.field()))
                .with("reason", rejection.reason().slug());
    }

    static Problem slugTaken(LinkKey key) {
        Problem problem = problem(
                        400,
                        "non-unique-slug",
                        "Invalid custom slug",
                        "Provided slug \"" + key.slug() + "\" is already in use"
                                + (key.domain().isEmpty() ? "." : " for domain \"" + key.domain() + "\"."))
                .with("customSlug", key.slug());
        return key.domain().isEmpty() ? problem : problem.with("domain", key.domain());
    }

    static Problem shortUrlNotFound(LinkKey key) {
        Problem problem = problem(
                        404,
                        "short-url-not-found",
                        "Short URL not found",
                        "No URL found with short code \"" + key.slug() + "\""
                                + (key.domain().isEmpty() ? "" : " for domain \"" + key.domain() + "\""))
                .with("shortCode", key.slug());
        return key.domain().isEmpty() ? problem : problem.with("domain", key.domain());
    }

    static Problem tagNotFound(String tag) {
        return problem(404, "tag-not-found", "Tag not found", "Tag with name \"" + tag + "\" could not be found")
                .with("tag", tag);
    }

    static Problem tagConflict(String from, String to) {
        return problem(
                        409,
                        "tag-conflict",
                        "Tag conflict",
                        "You cannot rename tag " + from + ", because a tag named " + to + " already exists")
                .with("oldName", from)
                .with("newName", to);
    }

    static Problem domainNotFound(String domain) {
        return problem(
                        404,
                        "domain-not-found",
                        "Domain not found",
                        "Domain with authority \"" + domain + "\" could not be found")
                .with("authority", domain);
    }

    static Problem missingAuthentication(List<String> expected) {
        return problem(
                        401,
                        "missing-authentication",
                        "Invalid authorization",
                        "Expected authentication to be provided in one of the following headers: "
                                + String.join(", ", expected))
                .with("expectedTypes", expected);
    }

    static Problem invalidApiKey() {
        return problem(401, "invalid-api-key", "Invalid API key", "Provided API key does not exist or is invalid.");
    }

    static Problem forbidden(String detail) {
        return problem(403, "forbidden-operation", "Forbidden", detail);
    }

    static Problem forbiddenTagOperation(String what) {
        return problem(
                403, "forbidden-tag-operation", "Forbidden tag operation", "You are not allowed to " + what + " tags");
    }

    static Problem mercureNotConfigured() {
        return problem(
                501,
                "mercure-not-configured",
                "Mercure integration not configured",
                "This service pushes live clicks by server-sent events at /api/v1/links/{slug}/live instead.");
    }

    private static Problem problem(int status, String type, String title, String detail) {
        return Problem.of(status, TYPES + type, title, detail);
    }
}
