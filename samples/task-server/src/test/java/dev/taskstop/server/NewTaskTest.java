package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskDialect;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Tasks that are unlike others, as both APIs list them. */
class NewTaskTest {

    private static final Instant CREATED = Instant.parse("2024-01-15T04:00:00.123Z");

    private static Flux<TaskSummary> list(TaskServer server, TaskDialect dialect) {
        return TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(server.key())
                .dialect(dialect)
                .build()
                .list(TaskQuery.active());
    }

    @Test
    void a_list_shows_what_a_task_was_created_with() {
        NewTask task = NewTask.defaults()
                .withPrompt("Do this")
                .withRepository("https://github.com/acme/web.git", "dev")
                .withAgent("claude", "sonnet")
                .withBatch("b1")
                .withCreator("Ann")
                .withChat("c1")
                .withCreatedAt(CREATED);
        try (TaskServer server = TaskServer.start()) {
            String id = server.createTask(TaskServerOptions.DEFAULT_USER, task, Lifecycle.staysIn(Status.PROCESSING));

            StepVerifier.create(list(server, TaskDialect.cloud()))
                    .assertNext(shown -> {
                        assertThat(shown.taskId()).isEqualTo(id);
                        assertThat(shown.prompt()).isEqualTo("Do this");
                        assertThat(shown.repoUrl()).isEqualTo("https://github.com/acme/web.git");
                        assertThat(shown.branch()).isEqualTo("dev");
                        assertThat(shown.agent()).isEqualTo("claude");
                        assertThat(shown.model()).isEqualTo("sonnet");
                        assertThat(shown.batchId()).isEqualTo("b1");
                        assertThat(shown.creatorName()).isEqualTo("Ann");
                        assertThat(shown.createdAt()).isEqualTo(CREATED);
                    })
                    .expectComplete()
                    .verify(Duration.ofSeconds(20));
            StepVerifier.create(list(server, TaskDialect.agentV1()))
                    .assertNext(shown -> {
                        assertThat(shown.taskId()).isEqualTo(id);
                        assertThat(shown.chatId()).isEqualTo("c1");
                        assertThat(shown.createdAt()).isEqualTo(CREATED);
                    })
                    .expectComplete()
                    .verify(Duration.ofSeconds(20));
        }
    }

    @Test
    void without_more_it_is_like_any_other_and_moves_from_its_creation_on() {
        try (TaskServer server = TaskServer.start()) {
            String now = server.createTask(TaskServerOptions.DEFAULT_USER, NewTask.defaults(), Lifecycle.moving());
            String before = server.createTask(
                    TaskServerOptions.DEFAULT_USER,
                    NewTask.defaults().withCreatedAt(Instant.now().minusSeconds(3_600)),
                    Lifecycle.moving());

            assertThat(server.ledger().of(now).status()).isIn(Status.PENDING, Status.PROCESSING);
            assertThat(server.ledger().of(before).status()).isEqualTo(Status.COMPLETED);
            StepVerifier.create(list(server, TaskDialect.cloud()).map(TaskSummary::creatorName))
                    .expectNext(TaskServerOptions.DEFAULT_USER)
                    .expectComplete()
                    .verify(Duration.ofSeconds(20));
        }
    }
}
