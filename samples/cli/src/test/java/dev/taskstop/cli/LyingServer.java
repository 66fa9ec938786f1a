package dev.taskstop.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Answers each question with one text wherever the API has a text. */
final class LyingServer implements AutoCloseable {

    private final HttpServer server;
    private final String lie;

    LyingServer(String lie) throws IOException {
        this.lie = lie;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            boolean stream = path.endsWith("/stream");
            boolean stop = exchange.getRequestMethod().equals("PATCH");
            byte[] body = (stream ? log() : stop ? "{}" : json(path.endsWith("/status") ? status() : list()))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", stream ? "text/event-stream" : "application/json");
            exchange.sendResponseHeaders(stop ? 400 : 200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Map<String, Object> status() {
        return Map.of("taskId", "a", "status", "stopped" + lie, "isDone", true, "error", lie, "progress", 1);
    }

    private Map<String, Object> list() {
        Map<String, String> task = Map.of(
                "id",
                "a" + lie,
                "status",
                lie,
                "prompt",
                lie,
                "selectedAgent",
                lie,
                "selectedModel",
                lie,
                "repoUrl",
                lie);
        return Map.of("tasks", new Object[] {task}, "hasMore", false, "offset", 0, "limit", 100);
    }

    private String log() {
        String log = json(Map.of("index", 0, "log", Map.of("type", lie, "message", lie, "agent", lie)));
        String end = json(Map.of("status", "completed" + lie, "totalLogs", 1));
        String status = json(Map.of("status", "processing" + lie, "error", lie));
        return "event: status\ndata: " + status + "\n\nevent: log\ndata: " + log + "\n\nevent: complete\ndata: " + end
                + "\n\n";
    }

    private static String json(Object value) {
        return JsonMapper.shared().writeValueAsString(value);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
