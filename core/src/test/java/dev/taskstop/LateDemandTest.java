package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** A race against the clock whose subscriber asks for its outcome late, as behind other values; in virtual time. */
class LateDemandTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LATER = Duration.ofMinutes(5);

    private final StubTransport server = new StubTransport();

    /** How work ends. */
    @SuppressWarnings("ImmutableEnumChecker") // cold
    enum Work {
        IN_TIME(Mono.just("done"), 59_000, 0),
        EMPTY_IN_TIME(Mono.empty(), 59_000, 0),
        WHILE_THE_TASK_IS_STOPPED(Mono.just("done"), 60_500, 1),
        EMPTY_WHILE_THE_TASK_IS_STOPPED(Mono.empty(), 60_500, 1);

        private final Mono<String> end;
        private final long millis;
        private final int stops;

        Work(Mono<String> end, long millis, int stops) {
            this.end = end;
            this.millis = millis;
            this.stops = stops;
        }

        Mono<String> work() {
            return Mono.delay(Duration.ofMillis(millis)).then(end);
        }
    }

    @ParameterizedTest
    @EnumSource(Work.class)
    void work_that_has_ended_is_not_late(Work work) {
        server.onStop(stopped().after(Duration.ofSeconds(1)));

        StepVerifier.withVirtualTime(
                        () -> work.work()
                                .transform(server.client().build().stopOnTimeout("t1", MINUTE))
                                .defaultIfEmpty("done"),
                        0)
                .expectSubscription()
                .thenAwait(LATER)
                .thenRequest(1)
                .expectNext("done")
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.stopRequests()).isEqualTo(work.stops);
    }

    @Test
    void work_that_has_failed_fails_before_anybody_asks() {
        StepVerifier.withVirtualTime(
                        () -> Mono.delay(Duration.ofSeconds(59))
                                .then(Mono.error(new IllegalStateException("of the caller")))
                                .transform(server.client().build().stopOnTimeout("t1", MINUTE)),
                        0)
                .expectSubscription()
                .thenAwait(Duration.ofSeconds(59))
                .expectErrorMessage("of the caller")
                .verify(LIMIT);

        assertThat(server.requests).isEmpty();
    }

    @Test
    void a_task_that_has_ended_is_not_stopped() {
        server.onStatus(status("completed")).onStop(answer(400));

        StepVerifier.withVirtualTime(() -> server.client().build().awaitOrStop("t1", MINUTE), 0)
                .expectSubscription()
                .thenAwait(LATER)
                .thenRequest(1)
                .expectNextMatches(TaskOutcome.Finished.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests).containsExactly("GET t1");
    }

    @Test
    void a_question_that_is_refused_is_an_error_before_anybody_asks() {
        server.onStatus(answer(404));

        StepVerifier.withVirtualTime(() -> server.client().build().awaitOrStop("t1", MINUTE), 0)
                .expectSubscription()
                .expectErrorMatches(
                        failure -> TaskResponseException.isOne(failure, TaskResponseException.Reason.NOT_FOUND))
                .verify(LIMIT);
    }
}
