package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** A list has a date and its tasks have times, from two clocks that may differ: what was there when it was read counts. */
class ListClocksTest {

    private static final Instant START = Instant.parse("2026-01-01T12:00:00.900Z");
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final int TASKS = 25;
    private static final int MORE = 40;

    /** What is active, with the time of its creation. */
    private final Map<String, Instant> active = new LinkedHashMap<>();

    private Instant now = START;

    @ParameterizedTest
    @CsvSource({
        "cloud, -300",
        "cloud, 0",
        "cloud, 300",
        "cloud, 1500",
        "cloud, 2000",
        "cloud, 20000",
        "cloud, 3600000",
        "agent_v1, -300",
        "agent_v1, 0",
        "agent_v1, 1500",
        "agent_v1, 2000",
        "agent_v1, 20000",
        "agent_v1, 3600000"
    })
    void all_that_was_active_is_stopped_and_nothing_that_came_later(String dialect, long skewMillis) {
        IntStream.range(0, TASKS).forEach(i -> active.put("t" + i, START.minusMillis(100L * i)));
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .dialect(dialect.equals("cloud") ? TaskDialect.cloud() : TaskDialect.agentV1())
                .transport(request -> Mono.fromSupplier(() -> answer(request, Duration.ofMillis(skewMillis))))
                .build();

        List<StopResult> results = Wire.values(client.stopActive(
                TaskQuery.active().withPageSize(10), StopAllOptions.defaults().withConcurrency(4)));

        assertThat(results)
                .extracting(StopResult::taskId)
                .containsAll(IntStream.range(0, TASKS).mapToObj(i -> "t" + i).toList());
        // The list of running tasks is the second one of this API: what it shows first may have come in between.
        if (dialect.equals("cloud") || skewMillis <= 0) {
            assertThat(results).hasSize(TASKS);
        } else {
            assertThat(results).hasSizeLessThan(MORE);
        }
    }

    /** With each page that is read, five seconds pass and a task is created. */
    private synchronized TaskResponse answer(TaskRequest request, Duration skew) {
        String path = request.uri().getPath();
        if (request.method().equals("PATCH")) {
            String id = path.substring(path.lastIndexOf('/') + 1);
            active.remove(id);
            return response(
                    200,
                    "{\"success\":true,\"status\":\"cancelled\",\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}"
                            .formatted(id));
        }
        String query = request.uri().getQuery();
        int limit = Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1"));
        int offset = query.startsWith("offset=")
                ? Integer.parseInt(query.replaceAll("offset=(\\d+).*", "$1"))
                : (Integer.parseInt(query.replaceAll("page=(\\d+).*", "$1")) - 1) * limit;
        List<String> ids = query.contains("status=queued") ? List.of() : List.copyOf(active.keySet());
        String tasks = ids.stream()
                .skip(offset)
                .limit(limit)
                .map(id -> "{\"id\":\"%s\",\"runId\":\"%s\",\"status\":\"running\",\"createdAt\":\"%s\"}"
                        .formatted(id, id, active.getOrDefault(id, now).plus(skew)))
                .collect(Collectors.joining(","));
        TaskResponse page = response(
                200,
                "{\"tasks\":[%s],\"hasMore\":%b}".formatted(tasks, offset + limit < ids.size()),
                "Date",
                HTTP_DATE.format(now));
        now = now.plusSeconds(5);
        if (active.size() < MORE) {
            active.put("new" + now.getEpochSecond(), now);
        }
        return page;
    }
}
