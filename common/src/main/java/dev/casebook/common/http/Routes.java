package dev.casebook.common.http;

import io.netty.handler.codec.http.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which handler answers which method and path. Filled while a service is put together; {@link HttpServer} takes a copy when it is built. Not thread-safe.
 *
 * <p>A template is a path whose segments are literal ({@code /health/live}) or have one parameter with literal text around it ({@code /{code}}, {@code /{code}+}, {@code /{code}.png});
 * the last may take the rest of the path ({@code /files/{path...}}). Segments are compared decoded, but for reserved characters: {@code /abc%2B} is not {@code /{code}+}. Where several templates fit, at the first segment in which they
 * differ a literal is preferred to a parameter, a parameter with more literal text to one with less, and the rest of the path comes last.
 *
 * <p>HEAD is answered by the route for GET, without the body. A path that has routes for other methods only is answered 405 with {@code Allow}; OPTIONS is answered with
 * {@code Allow}.
 */
public final class Routes {
    private final List<Route> routes = new ArrayList<>();
    private final List<PrefixedFilter> filters = new ArrayList<>();
    private @Nullable Target fallback;

    record Route(HttpMethod method, String template, Target target) {}

    record PrefixedFilter(String templatePrefix, HttpFilter filter) {}

    /** What is at the end of a route. */
    sealed interface Target {
        record Blocking(BlockingHandler handler) implements Target {}

        record OnLoop(LoopHandler handler) implements Target {}

        record Async(AsyncHandler handler) implements Target {}

        record Events(SseHandler handler) implements Target {}

        record Socket(WebSocketHandler handler) implements Target {}
    }

    /** Answers on a virtual thread. */
    public Routes blocking(HttpMethod method, String template, BlockingHandler handler) {
        return add(method, template, new Target.Blocking(handler));
    }

    /** Answers on the event loop. */
    public Routes onLoop(HttpMethod method, String template, LoopHandler handler) {
        return add(method, template, new Target.OnLoop(handler));
    }

    /** Begins on the event loop, answers later from any thread. */
    public Routes onLoopAsync(HttpMethod method, String template, AsyncHandler handler) {
        return add(method, template, new Target.Async(handler));
    }

    /** Answers GET with a stream of events. */
    public Routes sse(String template, SseHandler handler) {
        return add(HttpMethod.GET, template, new Target.Events(handler));
    }

    /** Answers a WebSocket handshake (HTTP/1.1); any other GET of the path is answered 426. */
    public Routes webSocket(String template, WebSocketHandler handler) {
        return add(HttpMethod.GET, template, new Target.Socket(handler));
    }

    /**
     * Answers GET below {@code prefix} with the files of a folder on the class path, with entity tags, compressed if the client likes it.
     *
     * @param prefix such as {@code /assets/}
     * @param folder such as {@code ui/assets}, without a leading slash
     */
    public Routes staticFiles(String prefix, String folder) {
        StaticFiles files = new StaticFiles(Routes.class.getClassLoader(), folder);
        return blocking(
                HttpMethod.GET, prefix + "{path...}", request -> files.serve(request, request.pathParameter("path")));
    }

    /** Answers GET of exactly {@code path} with one file on the class path, like {@link #staticFiles}. */
    public Routes staticFile(String path, String resource) {
        int slash = resource.lastIndexOf('/');
        StaticFiles files = new StaticFiles(Routes.class.getClassLoader(), resource.substring(0, slash + 1));
        return blocking(HttpMethod.GET, path, request -> files.serve(request, resource.substring(slash + 1)));
    }

    /**
     * Puts a filter before all routes and the fallback. Filters run in the order they were added.
     */
    public Routes filter(HttpFilter filter) {
        filters.add(new PrefixedFilter("", filter));
        return this;
    }

    /**
     * Puts a filter before the routes whose template begins with {@code templatePrefix}. The template and not the request's path decides, so that no way of writing a path gets
     * around it.
     */
    public Routes filter(String templatePrefix, HttpFilter filter) {
        filters.add(new PrefixedFilter(templatePrefix, filter));
        return this;
    }

    /** Answers on a virtual thread what no template fits; without it that is a problem with status 404. */
    public Routes fallback(BlockingHandler handler) {
        fallback = new Target.Blocking(handler);
        return this;
    }

    private Routes add(HttpMethod method, String template, Target target) {
        routes.add(new Route(method, template, target));
        return this;
    }

    /** A route as others see it: what is documented can be compared with what is there. */
    public record Signature(HttpMethod method, String template) {}

    /** The routes added so far, in that order. */
    public List<Signature> signatures() {
        return routes.stream()
                .map(route -> new Signature(route.method(), route.template()))
                .toList();
    }

    List<Route> all() {
        return List.copyOf(routes);
    }

    List<PrefixedFilter> filters() {
        return List.copyOf(filters);
    }

    Target fallback() {
        return fallback != null
                ? fallback
                : new Target.OnLoop(request -> Reply.problem(
                        Problem.of(404, "not-found", "Not found", "There is nothing at " + request.path() + ".")));
    }
}
