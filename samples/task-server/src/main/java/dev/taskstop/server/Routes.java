package dev.taskstop.server;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Finds what a request asks for, and of which API. */
final class Routes {

    private static final Map<HttpMethod, Route> ALL_TASKS =
            Map.of(HttpMethod.GET, Route.LIST, HttpMethod.POST, Route.CREATE);

    private final List<ServedApi> apis;

    Routes(List<ServedApi> apis) {
        this.apis = apis;
    }

    List<ServedApi> apis() {
        return apis;
    }

    /** @param taskId empty when the path names no task */
    record Match(ServedApi api, Route route, String taskId) {}

    /** Finds the route, or answers 404 or 405. */
    Match match(HttpMethod method, String path) {
        for (ServedApi api : apis) {
            Map<HttpMethod, Route> others = api.otherRoutes().get(path);
            if (others != null) {
                return new Match(api, choose(others, method), "");
            }
            int end = api.path().length();
            if (path.startsWith(api.path())) {
                if (path.length() == end) {
                    return new Match(api, choose(ALL_TASKS, method), "");
                }
                if (path.charAt(end) == '/') {
                    return matchOneTask(api, method, path, end + 1);
                }
            }
        }
        throw notFound();
    }

    private static Match matchOneTask(ServedApi api, HttpMethod method, String path, int start) {
        int slash = path.indexOf('/', start);
        int end = slash < 0 ? path.length() : slash;
        Map<HttpMethod, Route> routes = api.routesOfOneTask().get(path.substring(end));
        if (routes == null || end == start) {
            throw notFound();
        }
        return new Match(api, choose(routes, method), decode(path.substring(start, end)));
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
