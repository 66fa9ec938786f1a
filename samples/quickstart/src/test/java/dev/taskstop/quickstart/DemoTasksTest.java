package dev.taskstop.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.server.TaskServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class DemoTasksTest {

    private static final int COUNT = 300;

    private static final TaskServer SERVER = DemoTasks.startServer();
    private static final DemoTasks TASKS = DemoTasks.create(SERVER, COUNT);
    private static final List<StopResult> RESULTS = new ArrayList<>();

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @BeforeAll
    static void stopAll() {
        TaskClient client = TaskClient.builder()
                .baseUrl(SERVER.baseUrl())
                .apiKey(SERVER.key())
                .requestTimeout(Duration.ofSeconds(2))
                // Nothing is given up before it is known, however busy the machine is.
                .retry(StopRetry.defaults().withMaxAttempts(100).withBudget(10_000))
                .build();
        StepVerifier.create(Flux.fromIterable(TASKS.ids())
                        .transform(client::stopAll)
                        .doOnNext(RESULTS::add))
                .expectNextCount(COUNT)
                .expectComplete()
                .verify(Duration.ofSeconds(50));
    }

    @Test
    void results_that_are_true_are_said_to_be() {
        boolean equal = TASKS.compare(RESULTS, out);

        assertThat(equal).as("%s", said).isTrue();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("all 300 equal the server's ledger");
    }

    @Test
    void a_result_against_the_ledger_is_found() {
        List<StopResult> untrue = new ArrayList<>(RESULTS);
        StopResult first = RESULTS.get(0);
        untrue.set(0, first instanceof NotFound ? lie(first) : new NotFound(first.taskId()));

        assertThat(TASKS.compare(untrue, out)).isFalse();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("NOT EQUAL").contains("The ledger disagrees");
    }

    private static StopResult lie(StopResult result) {
        return new StopResult.AlreadyEnded(result.taskId(), dev.taskstop.TaskState.of("completed"));
    }

    @Test
    void a_task_without_a_result_is_found() {
        assertThat(TASKS.compare(RESULTS.subList(1, COUNT), out)).isFalse();
        assertThat(said.toString(StandardCharsets.UTF_8)).contains("299 results for 300 tasks");
    }
}
