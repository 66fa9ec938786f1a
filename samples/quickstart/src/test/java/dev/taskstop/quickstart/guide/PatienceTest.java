package dev.taskstop.quickstart.guide;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskTransport;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

// begin
class PatienceTest {

    private final AtomicInteger requests = new AtomicInteger();

    /** Fails three times, then stops the task. */
    private final TaskTransport transport = request -> Mono.fromSupplier(() -> requests.incrementAndGet() <= 3
            ? answer(503, "")
            : answer(200, "{\"task\":{\"id\":\"task-1\",\"status\":\"stopped\"}}"));

    private static TaskResponse answer(int status, String body) {
        return new TaskResponse(status, header -> null, body.getBytes(UTF_8), false);
    }

    @Test
    void a_server_that_fails_for_a_while_is_waited_for() {
        StepVerifier.withVirtualTime(() -> TaskClient.builder() // built in here, so that its clock is virtual, too
                        .apiKey("bb_test")
                        .transport(transport)
                        .build()
                        .stop("task-1"))
                .expectSubscription()
                .then(() -> assertThat(requests).hasValue(1))
                .thenAwait(Duration.ofSeconds(2)) // takes no time
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(10));

        assertThat(requests).hasValue(4);
    }
}
// end
