package dev.taskstop.server.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@ExtendWith(TaskServerExtension.class)
class TaskServerExtensionTest {

    private final TaskServer forTheClass;

    TaskServerExtensionTest(TaskServer server) {
        this.forTheClass = server;
    }

    @Test
    void a_pipeline_is_tested_against_a_server_of_its_own(TaskServer server) {
        TaskClient client = TaskClient.builder()
                .apiKey(server.key())
                .baseUrl(server.baseUrl())
                .build();
        List<String> taskIds = server.createTasks(100, Lifecycle.staysIn(Status.PROCESSING));

        StepVerifier.create(Flux.fromIterable(taskIds).transform(client::stopAll))
                .expectNextCount(100)
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(server.ledger().of(taskIds.get(0)).effectiveRequest()).isEqualTo(1);
    }

    @Test
    void a_test_class_has_one_server(TaskServer server) {
        assertThat(server).isSameAs(forTheClass);
    }

    @Nested
    class InAnotherClassInside {

        @Test
        void it_is_the_same_one(TaskServer server) {
            assertThat(server).isSameAs(forTheClass);
        }
    }
}
