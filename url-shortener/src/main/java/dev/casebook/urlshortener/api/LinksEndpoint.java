package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Problem;
import dev.casebook.common.http.ProblemException;
import dev.casebook.common.http.Reply;
import dev.casebook.common.http.Request;
import dev.casebook.urlshortener.link.Checked;
import dev.casebook.urlshortener.link.CreateLink;
import dev.casebook.urlshortener.link.CreateResult;
import dev.casebook.urlshortener.link.Link;
import dev.casebook.urlshortener.link.LinkKey;
import dev.casebook.urlshortener.link.LinkQuery;
import dev.casebook.urlshortener.link.LinkService;
import dev.casebook.urlshortener.link.Visibility;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What {@code /api/v1} offers on links that Shlink's API lacks: slug check, bulk, CSV. Handlers block. */
final class LinksEndpoint {
    private static final int EXPORT_BATCH_LINKS = 1_000;

    private final LinkService links;
    private final ShortUrlPresenter presenter;
    private final LinksCsv csv = new LinksCsv();

    LinksEndpoint(LinkService links, ShortUrlPresenter presenter) {
        this.links = links;
        this.presenter = presenter;
    }

    /** What became of one row of a bulk: the link's address, or a problem. */
    record Row(
            int index,
            @Nullable String shortCode,
            @Nullable String shortUrl,
            @Nullable Problem error) {}

    record Rows(long created, long failed, List<Row> results) {}

    record Availability(
            String slug,
            boolean available,
            @Nullable String reason,
            @Nullable String detail) {}

    /** Whether a custom slug could be taken now; only the create itself decides. */
    Reply availability(Request request) {
        Caller.of(request);
        String slug = request.pathParameter("slug");
        Availability answer = switch (links.customKey(Parameters.domain(request), slug)) {
            case Checked.Refused<LinkKey> refused ->
                new Availability(
                        slug,
                        false,
                        refused.rejection().reason().slug(),
                        refused.rejection().detail());
            case Checked.Accepted<LinkKey> accepted ->
                links.find(Visibility.ALL, accepted.value()).isPresent()
                        ? new Availability(slug, false, "taken", "Another link has this slug")
                        : new Availability(slug, true, null, null);
        };
        return Reply.json(200, answer);
    }

    Reply bulk(Request request) {
        Caller caller = Caller.of(request).requireWrite();
        JsonNode body = request.json();
        if (!body.isArray()) {
            throw new ProblemException(
                    Problem.of(400, "invalid-bulk", "Invalid bulk", "The body must be a JSON array of links"));
        }
        if (body.size() > LinkService.BULK_ROWS_MAX) {
            throw new ProblemException(tooManyRows(LinkService.BULK_ROWS_MAX));
        }
        List<@Nullable JsonBody> rows = new ArrayList<>();
        for (JsonNode row : body) {
            rows.add(row.isObject() ? JsonBody.of(row) : null);
        }
        return create(caller, rows);
    }

    Reply importCsv(Request request) {
        Caller caller = Caller.of(request).requireWrite();
        return create(caller, new ArrayList<>(csv.read(request.body(), LinkService.BULK_ROWS_MAX)));
    }

    /**
     * Streams all links the caller sees, newest first. Read by descending id a batch at a time, so that a client that reads for
     * an hour holds neither a connection nor a snapshot of the database; what is made meanwhile is not in it.
     */
    Reply exportCsv(Request request) {
        Caller caller = Caller.of(request);
        LinkQuery query = LinkQuery.builder().visibility(caller.visibility()).build();
        return Reply.stream("text/csv; charset=utf-8", out -> csv.write(new Batches(query), out))
                .withHeader("content-disposition", "attachment; filename=\"links.csv\"");
    }

    private final class Batches implements LinksCsv.Batches {
        private final LinkQuery query;
        private long beforeId = Long.MAX_VALUE;

        Batches(LinkQuery query) {
            this.query = query;
        }

        @Override
        public List<Link> next() {
            List<Link> batch = links.listBefore(query, beforeId, EXPORT_BATCH_LINKS);
            beforeId = batch.isEmpty() ? beforeId : batch.getLast().id();
            return batch;
        }
    }

    static Problem tooManyRows(int rowsMax) {
        return Problem.of(
                413, "too-many-rows", "Too many rows", "At most " + rowsMax + " rows at once: send them in parts");
    }

    private Reply create(Caller caller, List<@Nullable JsonBody> bodies) {
        List<@Nullable Row> rows = new ArrayList<>();
        List<CreateLink> requests = new ArrayList<>();
        for (JsonBody body : bodies) {
            int index = rows.size();
            try {
                if (body == null) {
                    throw new ProblemException(ShlinkProblems.invalid(List.of(), "A row must be a JSON object"));
                }
                requests.add(ShortUrlBodies.create(body, caller.keyId(), null));
                rows.add(null);
            } catch (ProblemException e) {
                rows.add(new Row(index, null, null, e.problem()));
            }
        }
        List<CreateResult> results = links.createAll(caller.visibility(), requests);
        int next = 0;
        List<Row> answers = new ArrayList<>(rows.size());
        for (int index = 0; index < rows.size(); index++) {
            Row refused = rows.get(index);
            answers.add(refused == null ? row(index, results.get(next++)) : refused);
        }
        long created = answers.stream().filter(row -> row.error() == null).count();
        return Reply.json(200, new Rows(created, answers.size() - created, answers));
    }

    private Row row(int index, CreateResult result) {
        Link link = switch (result) {
            case CreateResult.Created made -> made.link();
            case CreateResult.Existing found -> found.link();
            case CreateResult.Replayed replayed -> replayed.link();
            default -> null;
        };
        return link == null
                ? new Row(index, null, null, ShortUrlsEndpoint.refusal(result))
                : new Row(index, link.key().slug(), presenter.address(link), null);
    }
}
