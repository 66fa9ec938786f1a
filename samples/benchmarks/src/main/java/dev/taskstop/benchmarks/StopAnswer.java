package dev.taskstop.benchmarks;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** What every contender but Taskstop, which has its own, decodes the answer to. */
record StopAnswer(Task task) {

    private static final ObjectReader READER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build()
            .readerFor(StopAnswer.class);

    record Task(
            String id,
            String userId,
            String status,
            @Nullable String error,
            Instant updatedAt,
            Instant completedAt) {}

    /** Decodes an answer, and throws when it does not say that this task was stopped. */
    static Task read(int httpStatus, byte[] body, String id) {
        if (httpStatus != 200) {
            throw new IllegalStateException("HTTP " + httpStatus);
        }
        StopAnswer answer = READER.readValue(body);
        Task task = answer.task();
        if (!task.id().equals(id) || !task.status().equals("stopped")) {
            throw new IllegalStateException("Not stopped: " + task);
        }
        return task;
    }
}
