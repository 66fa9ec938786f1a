package dev.taskstop.server;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.Map;
import java.util.TreeMap;

/** The paths of the cloud dialect. */
final class CloudRoutes {

    static final String TASKS = "/api/tasks";

    private static final Map<HttpMethod, Route> ALL_TASKS =
            Map.of(HttpMethod.GET, Route.LIST, HttpMethod.POST, Route.CREATE);
    private static final Map<String, Map<HttpMethod, Route>> ONE_TASK = Map.of(
            "", Map.of(HttpMethod.GET, Route.GET, HttpMethod.PATCH, Route.STOP),
            "/status", Map.of(HttpMethod.GET, Route.STATUS),
            "/continue", Map.of(HttpMethod.POST, Route.CONTINUE),
            "/stream", Map.of(HttpMethod.GET, Route.STREAM));

    private CloudRoutes() {}

    /** @param taskId empty when the path names no task */
    record Match(Route route, String taskId) {}

    /** Finds the route, or answers 404 or 405. */
    static Match match(HttpMethod method, String path) {
        if (path.equals(TASKS)) {
            return new Match(choose(ALL_TASKS, method), "");
        }
        if (!path.startsWith(TASKS + "/")) {
            throw notFound();
        }
        int start = TASKS.length() + 1;
        int slash = path.indexOf('/', start);
        int end = slash < 0 ? path.length() : slash;
        Map<HttpMethod, Route> routes = ONE_TASK.get(path.substring(end));
        if (routes == null || end == start) {
            throw notFound();
        }
        return new Match(choose(routes, method), decode(path.substring(start, end)));
    }

    private static Route choose(Map<HttpMethod, Route> routes, HttpMethod method) {
        Route route = routes.get(method);
        if (route == null) {
            throw ApiException.methodNotAllowed(String.join(
                    ", ",
                    new TreeMap<>(routes)
                            .keySet().stream().map(HttpMethod::name).toList()));
        }
        return route;
    }

    private static String decode(String segment) {
        try {
            return segment.indexOf('%') < 0 ? segment : QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"));
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
    }

    private static ApiException notFound() {
        return new ApiException(404, "Not found");
    }
}
