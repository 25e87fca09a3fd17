package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.Workspace;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.load.ZipfSequence;
import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/**
 * {@link Wrk} over {@link GeneratedLinks} by Zipf's law, with new draws for every run: a cache knows what it has been asked, and the same draws again would flatter it. The
 * most popular link is number 0 under every exponent. Not thread-safe.
 */
final class ZipfDraws {
    /** More than a run of seconds asks for; what is asked beyond goes round. */
    private static final int DRAWS = 1 << 18;

    private final LabContext context;
    private final Path file;
    private final String[] slugs;
    private long runs;

    ZipfDraws(LabContext context, int links) {
        this.context = context;
        this.file = context.workDirectory().resolve("slugs");
        this.slugs = IntStream.range(0, links).mapToObj(GeneratedLinks::slug).toArray(String[]::new);
    }

    int links() {
        return slugs.length;
    }

    /** Draws, and asks the node for what was drawn. */
    Wrk.Load run(NodeProcess node, double exponent, Duration duration) throws Exception {
        ZipfSequence sequence = new ZipfSequence(slugs.length, exponent, context.seed() + ++runs);
        return run(node, DRAWS, sequence::rank, duration);
    }

    /** Asks the node for all links, each equally often. */
    Wrk.Load runOverAll(NodeProcess node, Duration duration) throws Exception {
        return run(node, slugs.length, number -> number, duration);
    }

    private Wrk.Load run(NodeProcess node, int lines, IntUnaryOperator link, Duration duration) throws Exception {
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            for (int line = 0; line < lines; line++) {
                out.write(slugs[link.applyAsInt(line)]);
                out.newLine();
            }
        }
        return new Wrk(Workspace.locate().root(), file).run(node.port(), duration);
    }
}
