package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopSummary;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.junit.TaskstopTest;
import dev.taskstop.server.junit.TaskstopTest.Dialect;
import dev.taskstop.server.junit.TaskstopTest.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@Import(CleanUp.class)
// begin
@SpringBootTest
@TaskstopTest(
        dialect = Dialect.AGENT_V1,
        seed = 7,
        faults = @Fault(kind = FaultKind.ERROR_AFTER, rate = 0.2)) // stopped, and answered with 500
class LostAnswersInSpringTest {

    @Test
    void a_lost_answer_is_found_out(@Autowired TaskServer server, @Autowired CleanUp cleanUp) {
        List<String> taskIds = server.createTasks(100, Lifecycle.staysIn(Status.PROCESSING));

        StepVerifier.create(cleanUp.stopAll(Flux.fromIterable(taskIds)).map(StopSummary::stopped))
                .expectNext(100L)
                .expectComplete()
                .verify(Duration.ofSeconds(20));

        assertThat(taskIds).allMatch(id -> server.ledger().of(id).effectiveRequest() > 0);
    }
}
// end
