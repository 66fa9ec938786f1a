package dev.taskstop.histories;

import dev.taskstop.TaskResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The server's answers as they stand on the wire, in both forms of the API. */
final class Answers {

    static final String NO_BODY = "{\"error\":\"no\"}";
    static final String HTML = "<html>welcome</html>";
    static final String EMPTY_LIST = "{\"tasks\":[],\"page\":1,\"limit\":1,\"hasMore\":false}";

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.RFC_1123_DATE_TIME.withZone(ZoneOffset.UTC);

    private final World world;

    Answers(World world) {
        this.world = world;
    }

    TaskResponse answer(int status, String body) {
        return answer(status, body, null);
    }

    TaskResponse slowDown(int seconds) {
        return answer(429, NO_BODY, Integer.toString(seconds));
    }

    private TaskResponse answer(int status, String body, @Nullable String retryAfter) {
        String date = world.settings.clocks == Settings.ServerClocks.NO_DATE ? null : HTTP_DATE.format(world.date());
        Function<String, @Nullable String> headers = header -> switch (header) {
            case "Date" -> date;
            case "Retry-After" -> retryAfter;
            default -> null;
        };
        return new TaskResponse(status, headers, body.getBytes(StandardCharsets.UTF_8), false);
    }

    /** What no transport may give. */
    @SuppressWarnings("NullAway")
    TaskResponse withoutBody() {
        return new TaskResponse(200, header -> null, null, false);
    }

    /** The answer to a stop that shows the task in a state. */
    TaskResponse stop(String id, String word) {
        return answer(
                200,
                world.settings.v1
                        ? "{\"success\":true,\"runId\":\"" + id + "\",\"status\":\"" + word + "\",\"message\":\"\"}"
                        : "{\"message\":\"\",\"task\":{\"id\":\"" + id + "\",\"userId\":\"u\",\"status\":\"" + word
                                + "\",\"error\":null}}");
    }

    /** The answer to the question for the status. */
    TaskResponse status(String id, State state, @Nullable Instant completedAt) {
        String word = state.word(world.settings.v1);
        String end = completedAt == null ? "null" : "\"" + completedAt + "\"";
        return answer(
                200,
                world.settings.v1
                        ? "{\"runId\":\"" + id + "\",\"status\":\"" + word + "\",\"completedAt\":" + end + "}"
                        : "{\"taskId\":\"" + id + "\",\"status\":\"" + word + "\",\"isDone\":" + state.isEnded()
                                + ",\"completedAt\":" + end + "}");
    }
}
