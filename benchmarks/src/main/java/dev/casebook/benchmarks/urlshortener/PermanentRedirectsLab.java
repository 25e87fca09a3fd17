package dev.casebook.benchmarks.urlshortener;

import dev.casebook.benchmarks.lab.Lab;
import dev.casebook.benchmarks.lab.LabContext;
import dev.casebook.benchmarks.lab.LabResult;
import dev.casebook.benchmarks.lab.Tool;
import dev.casebook.benchmarks.report.BarChart;
import dev.casebook.benchmarks.report.Figures;
import dev.casebook.benchmarks.report.Table;
import dev.casebook.urlshortener.UrlShortenerNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What does a permanent redirect cost its owner? One visitor with a real browser (Chromium, an HTTP cache after RFC 9111) clicks each link again and again; half way the
 * destination changes. Lost is a click that the server never saw; stale a click after the change that ended at the old destination.
 *
 * <p>Peers: bare redirects with nothing said about caching, which RFC 9110 section 15.1 lets be stored heuristically if they are 301 or 308. Ours
 * says {@code private, max-age=30} with these and {@code max-age=0} with 302 and 307; its clicks are those that its own pipeline counted, over Kafka into the
 * rollups. Unfair would be reloading a page, which asks the server again: every click is a navigation from elsewhere.
 *
 * <p>The control is a second visitor with an empty cache, who clicks every link once at the end: that he is led to the new destination shows that what the first one met was
 * his own browser's memory and no server's.
 */
final class PermanentRedirectsLab implements Lab {
    private static final List<Integer> STATUSES = List.of(301, 302, 307, 308);
    private static final Duration MAX_AGE = Duration.ofSeconds(30);
    private static final Duration SETTLED = Duration.ofSeconds(4);
    private static final Duration SETTLE_MAX = Duration.ofSeconds(60);
    private static final long POLL_MILLIS = 250;

    @Override
    public String name() {
        return "permanent-redirects";
    }

    @Override
    public String question() {
        return "What do 301 and 308 cost in lost clicks and stale destinations, and what does a max-age save?";
    }

    @Override
    public String prediction() {
        return "A visitor clicks a link twenty times and its owner changes the destination after the tenth. How many clicks does the server count with 301, 302, 307, 308? How"
                + " many end at the old destination, and for how long after the change?";
    }

    @Override
    public String method() {
        return "Headless Chromium navigates to eight links in turn: bare 301, 302, 307, 308 and the service's. Half way all destinations change. When the service's max-age"
                + " has passed, every link is clicked once more, and once by a second visitor whose cache is empty.";
    }

    @Override
    public Duration expectedDuration() {
        return Duration.ofMinutes(2);
    }

    @Override
    public List<Tool> tools() {
        return List.of(HeadlessChromium.BROWSER, HeadlessChromium.DRIVER);
    }

    /** One link as the visitor sees it, and what became of his clicks. */
    private static final class Subject {
        final String name;
        final int status;
        final String address;
        final boolean ours;
        final String slug;
        int clicks;
        int stale;
        double lastStaleSeconds;
        boolean staleAtTheEnd;
        boolean staleForNewcomer;
        /** Clicks that no server saw. */
        long lost;

        Subject(String name, int status, String address, boolean ours, String slug) {
            this.name = name;
            this.status = status;
            this.address = address;
            this.ours = ours;
            this.slug = slug;
        }

        boolean isPermanent() {
            return status == 301 || status == 308;
        }
    }

    @Override
    public LabResult run(LabContext context) throws Exception {
        int half = context.isQuick() ? 3 : 10;
        Installation installation = Installation.start(context);
        UrlShortenerNode node = installation.node(settings -> settings);
        PlainWebServer web = context.own(PlainWebServer.start());
        HeadlessChromium browser = HeadlessChromium.start(context);
        context.version("chromium", HeadlessChromium.BROWSER.version());
        String before = "http://before.example.com:" + web.port() + "/page/";
        String after = "http://after.example.com:" + web.port() + "/page/";

        List<Subject> subjects = new ArrayList<>();
        web.lead(before);
        for (int status : STATUSES) {
            subjects.add(new Subject(
                    "bare " + status, status, "http://127.0.0.1:" + web.port() + "/bare/" + status, false, ""));
            String slug = installation.create(node, before, status);
            subjects.add(new Subject("ours " + status, status, node.uri() + "/" + slug, true, slug));
        }

        long began = System.nanoTime();
        click(context, browser, subjects, half, before, after, false);
        web.lead(after);
        for (Subject subject : subjects) {
            if (subject.ours) {
                installation.edit(node, subject.slug, after);
            }
        }
        click(context, browser, subjects, half, before, after, true);
        double clickedSeconds = (System.nanoTime() - began) / 1e9;

        long expired =
                System.nanoTime() + MAX_AGE.toNanos() + Duration.ofSeconds(1).toNanos();
        while (System.nanoTime() < expired) {
            context.progress("waiting until " + MAX_AGE.toSeconds() + " s have passed since the last click");
            Thread.sleep(POLL_MILLIS);
        }
        HeadlessChromium newcomer = HeadlessChromium.start(context);
        for (Subject subject : subjects) {
            context.progress("last clicks on " + subject.name);
            subject.clicks += 2;
            subject.staleAtTheEnd = browser.open(subject.address).startsWith(before);
            subject.staleForNewcomer = newcomer.open(subject.address).startsWith(before);
        }
        for (Subject subject : subjects) {
            subject.lost = subject.clicks
                    - (subject.ours
                            ? settled(context, installation, node, subject.slug)
                            : web.requests(subject.status));
        }
        return result(subjects, half, clickedSeconds);
    }

    private static LabResult result(List<Subject> subjects, int half, double clickedSeconds) {
        Table.Builder table = Table.of(
                "Clicks of one visitor and a last one of a second, destination changed after click " + half,
                "link",
                "clicks",
                "counted",
                "lost",
                "stale of " + half + " after the change",
                "last stale, seconds after it",
                "still stale " + MAX_AGE.toSeconds() + " s after the last",
                "stale for the second visitor");
        Map<String, Map<String, Object>> data = new LinkedHashMap<>();
        List<BarChart.Bar> lostBars = new ArrayList<>();
        for (Subject subject : subjects) {
            table.row(
                    subject.name,
                    String.valueOf(subject.clicks),
                    String.valueOf(subject.clicks - subject.lost),
                    String.valueOf(subject.lost),
                    String.valueOf(subject.stale),
                    subject.stale == 0 ? "never" : Figures.number(subject.lastStaleSeconds),
                    subject.staleAtTheEnd ? "yes" : "no",
                    subject.staleForNewcomer ? "yes" : "no");
            data.put(
                    subject.name,
                    Map.of(
                            "clicks", subject.clicks,
                            "counted", subject.clicks - subject.lost,
                            "stale", subject.stale,
                            "last_stale_seconds_after_change", subject.lastStaleSeconds,
                            "stale_at_the_end", subject.staleAtTheEnd,
                            "stale_for_second_visitor", subject.staleForNewcomer));
            lostBars.add(new BarChart.Bar(subject.name, subject.lost, subject.lost, subject.lost, subject.ours));
        }
        List<Subject> ours = subjects.stream().filter(subject -> subject.ours).toList();
        List<Subject> temporary =
                ours.stream().filter(subject -> !subject.isPermanent()).toList();
        List<Subject> barePermanent = subjects.stream()
                .filter(subject -> !subject.ours && subject.isPermanent())
                .toList();
        long lostTemporary =
                temporary.stream().mapToLong(subject -> subject.lost).sum();
        int staleTemporary =
                temporary.stream().mapToInt(subject -> subject.stale).sum();
        boolean oursRecover = ours.stream().noneMatch(subject -> subject.staleAtTheEnd);
        boolean bareStays = barePermanent.stream().allMatch(subject -> subject.staleAtTheEnd);
        boolean newcomerLedRight = subjects.stream().noneMatch(subject -> subject.staleForNewcomer);
        return LabResult.builder()
                .verdict(
                        "our 302 and 307 lose no click and are never stale",
                        lostTemporary == 0 && staleTemporary == 0,
                        lostTemporary + " lost, " + staleTemporary + " stale")
                .verdict(
                        "our 301 and 308 lead to the new destination once max-age has passed",
                        oursRecover,
                        oursRecover ? "they do" : "they do not")
                .verdict(
                        "control: every link leads a second visitor, who remembers nothing, to the new destination",
                        newcomerLedRight,
                        newcomerLedRight ? "they do" : "they do not")
                .block(table.build())
                .block(BarChart.ofBars("Clicks that no server saw", "clicks (less is better)", lostBars))
                .data("links", data)
                .data("seconds_of_clicking", clickedSeconds)
                .conclusion("Of " + subjects.getFirst().clicks + " clicks, all but the last two within "
                        + Figures.number(clickedSeconds) + " s, a bare 301 lost " + lost(subjects, 301, false)
                        + " and a bare 302 " + lost(subjects, 302, false) + "; ours lost " + lost(subjects, 301, true)
                        + " and " + lost(subjects, 302, true)
                        + ". The change reached the first visitor's bare 301 and 308 "
                        + (bareStays ? "not at all" : "in the end") + ", ours "
                        + (oursRecover ? "within their max-age of " : "not even after their max-age of ")
                        + MAX_AGE.toSeconds() + " s.");
    }

    private static long lost(List<Subject> subjects, int status, boolean ours) {
        return subjects.stream()
                .filter(subject -> subject.status == status && subject.ours == ours)
                .mapToLong(subject -> subject.lost)
                .sum();
    }

    private static void click(
            LabContext context,
            HeadlessChromium browser,
            List<Subject> subjects,
            int times,
            String before,
            String after,
            boolean changed)
            throws Exception {
        long began = System.nanoTime();
        for (int time = 1; time <= times; time++) {
            context.progress("click " + time + " of " + times + (changed ? " after" : " before") + " the change");
            for (Subject subject : subjects) {
                subject.clicks++;
                String arrived = browser.open(subject.address);
                if (!arrived.startsWith(before) && !arrived.startsWith(after)) {
                    throw new IllegalStateException(subject.name + " led to " + arrived);
                }
                if (changed && arrived.startsWith(before)) {
                    subject.stale++;
                    subject.lastStaleSeconds = (System.nanoTime() - began) / 1e9;
                }
            }
        }
    }

    /** The pipeline's count once it has stopped growing. */
    private static long settled(LabContext context, Installation installation, UrlShortenerNode node, String slug)
            throws Exception {
        context.progress("waiting for the clicks of " + slug + " to come through Kafka");
        long deadline = System.nanoTime() + SETTLE_MAX.toNanos();
        long count = installation.clicks(node, slug);
        long since = System.nanoTime();
        while (System.nanoTime() - since < SETTLED.toNanos() && System.nanoTime() < deadline) {
            Thread.sleep(POLL_MILLIS);
            long now = installation.clicks(node, slug);
            if (now != count) {
                count = now;
                since = System.nanoTime();
            }
        }
        return count;
    }
}
