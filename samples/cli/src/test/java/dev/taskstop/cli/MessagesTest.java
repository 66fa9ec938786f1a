package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskDialect;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is said of an answer that says no. */
class MessagesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | the key was refused, check BLACKBOX_API_KEY or --key-file: GET /api/tasks answered 401
            402 | the account of this key has to be paid for: GET /api/tasks answered 402
            404 | there is no list of tasks at this address, check --base-url and --dialect: GET /api/tasks answered 404
            410 | GET /api/tasks answered 410
            """)
    void of_a_list(int status, String message) {
        assertThat(said(client(status, TaskDialect.cloud()).list(TaskQuery.all())))
                .isEqualTo(message);
        assertThat(said(client(status, TaskDialect.agentV1()).list(TaskQuery.all())))
                .isEqualTo(message.replace("/api/", "/api/v1/"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            401 | the key was refused, check BLACKBOX_API_KEY or --key-file: GET /api/tasks/{taskId}/status answered 401
            402 | the account of this key has to be paid for: GET /api/tasks/{taskId}/status answered 402
            404 | there is no such task for this key: GET /api/tasks/{taskId}/status answered 404
            """)
    void of_a_task(int status, String message) {
        assertThat(said(client(status, TaskDialect.cloud()).status("a"))).isEqualTo(message);
    }

    @Test
    void of_a_file_in_words_and_not_in_names_of_classes() {
        Stream.of(
                        new NoSuchFileException("a file"),
                        new AccessDeniedException("a file"),
                        new FileSystemException("a file", null, "Read-only file system"))
                .forEach(failure -> assertThat(Taskstop.messageOf(failure))
                        .startsWith("a file: ")
                        .doesNotContain("Exception"));
    }

    private static TaskClient client(int status, TaskDialect dialect) {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        return TaskClient.builder()
                .apiKey("a-key")
                .dialect(dialect)
                .transport(request -> Mono.just(new TaskResponse(status, name -> null, body, false)))
                .build();
    }

    private static String said(Publisher<?> failing) {
        Throwable failure = Flux.from(failing)
                .ignoreElements()
                .materialize()
                .mapNotNull(signal -> signal.getThrowable())
                .blockOptional(PATIENCE)
                .orElseThrow();
        return Taskstop.messageOf(failure);
    }
}
