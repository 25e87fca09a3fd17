package dev.casebook.urlshortener.api;

import dev.casebook.common.http.Problem;
import dev.casebook.common.http.ProblemException;
import dev.casebook.urlshortener.link.Link;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SequenceWriter;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvReadFeature;
import tools.jackson.dataformat.csv.CsvSchema;

/**
 * Links as CSV (RFC 4180, UTF-8, header row): what the export writes, the import reads. Only {@code longUrl} must be there; columns are found by name, unknown ones
 * are passed over. Tags are separated by {@value #TAG_SEPARATOR}.
 *
 * <p>A spreadsheet runs a cell that begins with {@code =}, {@code +}, {@code -} or {@code @} as a formula (CWE-1236). Titles and tags are the
 * only cells a stranger's page can fill freely, so those get a leading apostrophe on export, which the import takes away again.
 */
final class LinksCsv {
    private static final String TAG_SEPARATOR = "|";
    private static final String FORMULA_STARTS = "=+-@\t\r";
    private static final CsvSchema COLUMNS = CsvSchema.builder()
            .addColumn("shortCode")
            .addColumn("domain")
            .addColumn("longUrl")
            .addColumn("title")
            .addColumn("tags")
            .addColumn("redirectStatus")
            .addColumn("validSince")
            .addColumn("validUntil")
            .addColumn("maxVisits")
            .addColumn("forwardQuery")
            .addColumn("crawlable")
            .addColumn("dateCreated")
            .build()
            .withHeader()
            .withLineSeparator("\r\n");

    private final ObjectWriter writer;
    private final ObjectReader reader;

    LinksCsv() {
        CsvMapper mapper = CsvMapper.builder().build();
        writer = mapper.writer(COLUMNS);
        reader = mapper.readerFor(Map.class)
                .with(CsvSchema.emptySchema().withHeader())
                .with(CsvReadFeature.TRIM_SPACES)
                .with(CsvReadFeature.SKIP_EMPTY_LINES);
    }

    /** Gives the links in batches, an empty one at the end. */
    @FunctionalInterface
    interface Batches {
        List<Link> next();
    }

    /** Writes all links; memory does not grow with their number. */
    void write(Batches batches, OutputStream out) throws IOException {
        try (SequenceWriter rows = writer.writeValues(out)) {
            for (List<Link> batch = batches.next(); !batch.isEmpty(); batch = batches.next()) {
                batch.forEach(link -> rows.write(row(link)));
            }
        }
    }

    /**
     * Reads the rows of an import.
     *
     * @param rowsMax more are refused whole, so that nothing is half imported
     * @throws ProblemException 400 when this is no CSV with a header row that names {@code longUrl}, 413 for more rows
     */
    List<JsonBody> read(byte[] csv, int rowsMax) {
        List<JsonBody> rows = new ArrayList<>();
        try (MappingIterator<Map<String, String>> lines = reader.readValues(csv)) {
            while (lines.hasNextValue()) {
                Map<String, String> line = lines.nextValue();
                if (!line.containsKey("longUrl")) {
                    throw malformed("The header row must name the column longUrl; it has " + line.keySet());
                }
                if (rows.size() == rowsMax) {
                    throw new ProblemException(LinksEndpoint.tooManyRows(rowsMax));
                }
                rows.add(JsonBody.of(members(line)));
            }
        } catch (JacksonException e) {
            throw malformed("Row " + (rows.size() + 2) + " cannot be read: " + e.getOriginalMessage());
        }
        return rows;
    }

    private static Map<String, @Nullable Object> row(Link link) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("shortCode", link.key().slug());
        row.put("domain", link.key().domain());
        row.put("longUrl", link.longUrl());
        row.put("title", link.title() == null ? null : disarm(link.title()));
        row.put(
                "tags",
                disarm(String.join(TAG_SEPARATOR, link.tags().stream().sorted().toList())));
        row.put("redirectStatus", link.status().code());
        row.put("validSince", link.validSince() == null ? null : ShortUrlJson.iso(link.validSince()));
        row.put("validUntil", link.validUntil() == null ? null : ShortUrlJson.iso(link.validUntil()));
        row.put("maxVisits", link.maxVisits());
        row.put("forwardQuery", link.forwardQuery());
        row.put("crawlable", link.crawlable());
        row.put("dateCreated", ShortUrlJson.iso(link.createdAt()));
        return row;
    }

    /** A line as the JSON body of {@code POST /rest/v3/short-urls} would state it. */
    private static ObjectNode members(Map<String, String> line) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        line.forEach((name, value) -> {
            if (value == null || value.isEmpty()) {
                return;
            }
            switch (name) {
                case "shortCode" -> body.put("customSlug", value);
                case "tags" -> {
                    var tags = body.putArray("tags");
                    for (String tag : rearm(value).split("\\|", -1)) {
                        tags.add(tag);
                    }
                }
                case "title" -> body.put("title", rearm(value));
                case "maxVisits", "redirectStatus" -> {
                    if (value.matches("\\d{1,9}")) {
                        body.put(name, Integer.parseInt(value));
                    } else {
                        body.put(name, value);
                    }
                }
                case "forwardQuery", "crawlable" -> body.put(name, Boolean.parseBoolean(value));
                default -> body.put(name, value);
            }
        });
        return body;
    }

    private static String disarm(String cell) {
        return !cell.isEmpty() && FORMULA_STARTS.indexOf(cell.charAt(0)) >= 0 ? "'" + cell : cell;
    }

    private static String rearm(String cell) {
        return cell.length() > 1 && cell.charAt(0) == '\'' && FORMULA_STARTS.indexOf(cell.charAt(1)) >= 0
                ? cell.substring(1)
                : cell;
    }

    private static ProblemException malformed(String detail) {
        return new ProblemException(Problem.of(400, "malformed-csv", "Malformed CSV", detail));
    }
}
