package dev.casebook.common.http;

import dev.casebook.common.http.RouteTree.Match;
import dev.casebook.common.http.Routes.Target;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a request to the stage of its reply: finds the route, puts the filters before it, and runs its handler where it belongs. Thread-safe; {@link #dispatch} is called on event
 * loops and does not block.
 */
final class RouteDispatcher implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RouteDispatcher.class);

    private final RouteTree<Endpoint> tree = new RouteTree<>();
    private final Endpoint fallback;
    private final Semaphore blockingPermits;
    private final HttpLimits limits;
    private final HttpMetrics metrics;
    private final ExecutorService virtualThreads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("http-", 0).factory());

    /** A route's label and everything from its first filter to its handler. */
    private record Endpoint(String label, Step chain) {}

    /** A part of a chain; like {@link AsyncHandler}, but knows the loop it began on. */
    @FunctionalInterface
    private interface Step {
        CompletionStage<Reply> handle(Request request, EventLoop loop) throws Exception;
    }

    /** @param route the label for metrics */
    record Dispatched(String route, CompletionStage<Reply> reply) {}

    RouteDispatcher(Routes routes, HttpLimits limits, HttpMetrics metrics) {
        this.limits = limits;
        this.metrics = metrics;
        this.blockingPermits = new Semaphore(limits.blockingRequests());
        for (Routes.Route route : routes.all()) {
            Endpoint endpoint =
                    new Endpoint(route.template(), chain(routes.filters(), route.template(), route.target()));
            tree.add(route.method(), route.template(), endpoint);
        }
        this.fallback = new Endpoint(HttpMetrics.UNMATCHED, chain(routes.filters(), "", routes.fallback()));
    }

    private Step chain(List<Routes.PrefixedFilter> filters, String template, Target target) {
        Step step = step(target);
        for (Routes.PrefixedFilter prefixed : filters.reversed()) {
            if (template.startsWith(prefixed.templatePrefix())) {
                Step next = step;
                HttpFilter filter = prefixed.filter();
                step = (request, loop) -> filter.filter(request, passed -> next.handle(passed, loop));
            }
        }
        return step;
    }

    private Step step(Target target) {
        return switch (target) {
            case Target.OnLoop onLoop ->
                (request, loop) ->
                        CompletableFuture.completedStage(onLoop.handler().handle(request));
            case Target.Async async -> (request, loop) -> async.handler().handle(request);
            case Target.Blocking blocking -> (request, loop) -> onVirtualThread(request, blocking.handler());
            case Target.Events events -> (request, loop) -> openStream(request, events.handler(), loop);
            case Target.Socket socket ->
                (request, loop) -> CompletableFuture.completedStage(Reply.upgrade(request, socket.handler()));
        };
    }

    /** Never throws: what goes wrong is a stage that is completed with a reply saying so. */
    Dispatched dispatch(Request request, EventLoop loop) {
        String label = HttpMetrics.UNMATCHED;
        CompletionStage<Reply> reply;
        try {
            switch (tree.match(request.method(), request.path())) {
                case Match.Found<Endpoint> found -> {
                    label = found.target().label();
                    reply = found.target().chain().handle(request.withPathParameters(found.parameters()), loop);
                }
                case Match.OtherMethods<Endpoint> others ->
                    reply = CompletableFuture.completedStage(otherMethods(request, others.allowed()));
                case Match.Nothing<Endpoint> nothing -> reply = fallback.chain().handle(request, loop);
            }
        } catch (Exception e) {
            reply = CompletableFuture.failedStage(e);
        }
        return new Dispatched(label, reply.exceptionally(e -> explain(request, e)));
    }

    private static Reply otherMethods(Request request, Set<String> allowed) {
        List<String> methods = new ArrayList<>(allowed);
        methods.add(HttpMethod.OPTIONS.name());
        String allow = String.join(", ", methods);
        if (request.method().equals(HttpMethod.OPTIONS)) {
            return Reply.empty(204).withHeader("allow", allow);
        }
        return Reply.problem(Problem.of(
                        405,
                        "method-not-allowed",
                        "Method not allowed",
                        request.path() + " takes " + allow + ", not " + request.method() + "."))
                .withHeader("allow", allow);
    }

    private CompletionStage<Reply> onVirtualThread(Request request, BlockingHandler handler) {
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        runBlocking(reply, () -> {
            Reply answer = handler.handle(request);
            if (answer.content() instanceof Reply.Body.Writing writing) {
                writeBody(request, answer, writing.writer(), reply);
            } else {
                reply.complete(Compression.apply(request, answer));
            }
        });
        return reply;
    }

    /** Goes on, on the thread that made the reply, until its body is written. */
    private void writeBody(Request request, Reply head, BodyWriter writer, CompletableFuture<Reply> reply)
            throws Exception {
        Reply varied = Compression.describe(request, head);
        StreamedBody body = new StreamedBody(request, varied, reply, metrics, limits);
        if (request.method().equals(HttpMethod.HEAD)) {
            reply.complete(varied.streamed(body));
        } else {
            body.run(writer, varied.header("content-encoding").isPresent());
        }
    }

    private CompletionStage<Reply> openStream(Request request, SseHandler handler, EventLoop loop) {
        if (metrics.streams().incrementAndGet() > limits.eventStreams()) {
            metrics.streams().decrementAndGet();
            return CompletableFuture.completedStage(busy("event streams"));
        }
        SseStream stream = new SseStream(loop, limits.streamBytes());
        stream.onClose(metrics.streams()::decrementAndGet);
        runBlocking(stream.opened(), () -> {
            try {
                handler.open(request, stream);
                stream.open();
            } catch (Exception e) {
                if (!stream.opened().completeExceptionally(e)) {
                    log.error("{} failed after its stream had begun", request, e);
                    stream.close();
                }
            }
        });
        return stream.opened().whenComplete((reply, e) -> {
            if (e != null || reply.status() != 200) {
                loop.execute(stream::abandon);
            }
        });
    }

    @FunctionalInterface
    private interface Work {
        void run() throws Exception;
    }

    private void runBlocking(CompletableFuture<Reply> reply, Work work) {
        if (!blockingPermits.tryAcquire()) {
            reply.complete(busy("requests"));
            return;
        }
        virtualThreads.execute(() -> {
            try {
                work.run();
            } catch (Throwable e) {
                reply.completeExceptionally(e);
            } finally {
                blockingPermits.release();
            }
        });
    }

    static Reply busy(String what) {
        return Reply.problem(Problem.of(503, "overloaded", "Overloaded", "Too many " + what + " at once; try again."))
                .withHeader("retry-after", "1");
    }

    /** What a client may know of a failure: all of a problem, nothing of anything else but the id under which it is in the log. */
    static Reply explain(Request request, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ProblemException problem) {
            Reply reply = Reply.problem(problem.problem());
            return problem.retryAfterSeconds() == 0
                    ? reply
                    : reply.withHeader("retry-after", Integer.toString(problem.retryAfterSeconds()));
        }
        String id = Long.toHexString(ThreadLocalRandom.current().nextLong());
        log.error("{} failed, id {}", request, id, cause);
        return Reply.problem(
                Problem.of(500, "internal-error", "Internal error", "The server failed; its log has more under the id.")
                        .with("id", id));
    }

    /** Interrupts handlers that still run. */
    @Override
    public void close() {
        virtualThreads.shutdownNow();
    }
}
