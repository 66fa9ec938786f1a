package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static java.util.stream.Collectors.joining;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A server of either dialect in a map: its active tasks, which go from its lists as they are stopped. */
final class StubTasks implements TaskTransport {

    static final Instant NOW = Instant.parse("2026-03-04T10:00:00Z");

    /** The members of each task that a list shows, by its id. */
    final Map<String, Map<String, String>> active = new LinkedHashMap<>();

    final List<String> pages = new ArrayList<>();
    final List<String> stops = new ArrayList<>();
    final List<String> questions = new ArrayList<>();

    /** The server's clock; null when it does not tell the time. */
    @Nullable
    Instant now = NOW;

    Runnable beforeEachPage = () -> {};

    /** What comes in place of an answer; null for the answer. */
    Function<TaskRequest, @Nullable Mono<TaskResponse>> fault = request -> null;

    /** @param members names and values in turns, as a list shows them */
    StubTasks add(String id, String... members) {
        Map<String, String> task = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            task.put(members[i], members[i + 1]);
        }
        active.put(id, task);
        return this;
    }

    StubTasks addMany(int count, String... members) {
        for (int i = 0; i < count; i++) {
            add("t" + i, members);
        }
        return this;
    }

    TaskClientBuilder client() {
        return TaskClient.builder()
                .apiKey("bb_test")
                .transport(this)
                .retry(StopRetry.defaults().withJitter(0));
    }

    TaskClient client(TaskDialect dialect) {
        return client().dialect(dialect).build();
    }

    static List<String> ids(Flux<TaskSummary> tasks) {
        return Wire.values(tasks.map(TaskSummary::taskId));
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Mono.defer(() -> {
            Mono<TaskResponse> instead = fault.apply(request);
            return instead == null ? Mono.fromSupplier(() -> answer(request)) : instead;
        });
    }

    private synchronized TaskResponse answer(TaskRequest request) {
        String path = request.uri().getPath();
        if (request.method().equals("PATCH")) {
            String id = path.replaceAll(".*/", "");
            stops.add(id);
            return active.remove(id) == null
                    ? response(404, "")
                    : response(
                            200,
                            "{\"success\":true,\"status\":\"cancelled\",\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}"
                                    .formatted(id));
        }
        if (path.endsWith("/status")) {
            String id = path.replaceAll(".*/([^/]+)/status", "$1");
            questions.add(id);
            return active.containsKey(id)
                    ? response(200, "{\"taskId\":\"%s\",\"runId\":\"%1$s\",\"status\":\"processing\"}".formatted(id))
                    : response(404, "");
        }
        return page(request.uri().getQuery());
    }

    private TaskResponse page(String query) {
        beforeEachPage.run();
        pages.add(query);
        int limit = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
        int offset = query.startsWith("page=")
                ? (Integer.parseInt(query.replaceAll("page=(\\d+).*", "$1")) - 1) * limit
                : Integer.parseInt(query.replaceAll(".*offset=(\\d+).*", "$1"));
        // Of the two lists that the Agent API v1 has for what is active, the first is empty.
        List<String> all = query.contains("status=queued") ? List.of() : List.copyOf(active.keySet());
        List<String> shown = all.subList(Math.min(offset, all.size()), Math.min(offset + limit, all.size()));
        String tasks = shown.stream().map(this::item).collect(joining(","));
        String body = "{\"tasks\":[%s],\"hasMore\":%b}".formatted(tasks, offset + limit < all.size());
        return now == null
                ? response(200, body)
                : response(
                        200, body, "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)));
    }

    private String item(String id) {
        Map<String, String> members = new LinkedHashMap<>(active.getOrDefault(id, Map.of()));
        members.putIfAbsent("status", "processing");
        members.put("id", id);
        members.put("runId", id);
        return members.entrySet().stream()
                .map(member -> "\"%s\":\"%s\"".formatted(member.getKey(), member.getValue()))
                .collect(joining(",", "{", "}"));
    }
}
