package dev.casebook.urlshortener.api;

import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.TagCount;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** {@code /rest/v3/tags}: tags with and without their visits, renaming, deletion. Handlers block. */
final class TagsEndpoint {
    private final LinkService links;
    private final TagVisits visits;

    /** Visits of all links that carry a tag and that the caller sees. */
    @FunctionalInterface
    interface TagVisits {
        Map<String, ShortUrlJson.VisitsSummary> of(Caller caller);
    }

    record TagInfo(String tag, long shortUrlsCount, ShortUrlJson.VisitsSummary visitsSummary) {}

    TagsEndpoint(LinkService links, TagVisits visits) {
        this.links = links;
        this.visits = visits;
    }

    Reply list(Request request) {
        List<String> names = found(request).stream().map(TagCount::tag).toList();
        return page(request, names);
    }

    Reply stats(Request request) {
        Caller caller = Caller.of(request);
        Map<String, ShortUrlJson.VisitsSummary> byTag = visits.of(caller);
        List<TagInfo> infos = new ArrayList<>(found(request).stream()
                .map(tag -> new TagInfo(
                        tag.tag(), tag.links(), byTag.getOrDefault(tag.tag(), ShortUrlJson.VisitsSummary.of(0, 0))))
                .toList());
        String order = request.query("orderBy").orElse("tag-ASC");
        Comparator<TagInfo> comparator = switch (order.substring(0, Math.max(0, order.indexOf('-')))) {
            case "shortUrlsCount" -> Comparator.comparingLong(TagInfo::shortUrlsCount);
            case "visits" ->
                Comparator.comparingLong(info -> info.visitsSummary().total());
            case "nonBotVisits" ->
                Comparator.comparingLong(info -> info.visitsSummary().nonBots());
            case "tag" -> Comparator.comparing(TagInfo::tag);
            default ->
                throw Parameters.invalid(
                        "orderBy", order, "tag, shortUrlsCount, visits or nonBotVisits, then -ASC or -DESC");
        };
        infos.sort(order.endsWith("-DESC") ? comparator.reversed() : comparator);
        return page(request, infos);
    }

    Reply rename(Request request) {
        Caller caller = administrator(request, "rename");
        JsonBody body = JsonBody.of(request);
        String from = body.text("oldName");
        String to = body.text("newName");
        if (from == null) {
            body.reject("oldName");
        }
        if (to == null) {
            body.reject("newName");
        }
        body.check();
        if (from == null || to == null) {
            throw new IllegalStateException("checked above");
        }
        Set<String> names = new HashSet<>();
        links.tags(caller.visibility()).forEach(tag -> names.add(tag.tag()));
        if (!names.contains(from)) {
            throw new ProblemException(ShlinkProblems.tagNotFound(from));
        }
        if (!from.equals(to) && names.contains(to)) {
            throw new ProblemException(ShlinkProblems.tagConflict(from, to));
        }
        return switch (links.renameTag(caller.visibility(), from, to)) {
            case Checked.Accepted<Integer> renamed -> Reply.empty(204);
            case Checked.Refused<Integer> refused ->
                throw new ProblemException(ShlinkProblems.rejected(refused.rejection()));
        };
    }

    Reply delete(Request request) {
        Caller caller = administrator(request, "delete");
        Map<String, List<String>> query = request.queryAll();
        Set<String> tags = new HashSet<>(query.getOrDefault("tags[]", List.of()));
        tags.addAll(query.getOrDefault("tags", List.of()));
        links.deleteTags(caller.visibility(), tags);
        return Reply.empty(204);
    }

    /** A tag may be on links of many makers, so changing it everywhere is for administrators, as in Shlink. */
    private static Caller administrator(Request request, String what) {
        Caller caller = Caller.of(request);
        if (!caller.admin()) {
            throw new ProblemException(ShlinkProblems.forbiddenTagOperation(what));
        }
        return caller;
    }

    private List<TagCount> found(Request request) {
        String term = request.query("searchTerm").orElse("").toLowerCase(Locale.ROOT);
        return links.tags(Caller.of(request).visibility()).stream()
                .filter(tag -> tag.tag().toLowerCase(Locale.ROOT).contains(term))
                .toList();
    }

    /** Without {@code page} a client gets everything, as from Shlink. */
    private static <T> Reply page(Request request, List<T> all) {
        int size = Math.max(1, all.size());
        int page = Parameters.integer(request, "page", 1, 1, Integer.MAX_VALUE);
        int itemsPerPage = request.query("page").isPresent()
                ? Parameters.integer(request, "itemsPerPage", size, 1, Integer.MAX_VALUE)
                : size;
        long from = Math.min((page - 1L) * itemsPerPage, all.size());
        List<T> items = all.subList((int) from, (int) Math.min(from + itemsPerPage, all.size()));
        return Reply.json(
                200,
                Map.of(
                        "tags",
                        new ShortUrlJson.Page<>(
                                items, ShortUrlJson.Pagination.of(page, itemsPerPage, items.size(), all.size()))));
    }
}
