package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.notSent;
import static dev.taskstop.StubTransport.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A stop that failed tells how many requests left, and what each attempt ended with, in virtual time. */
class FailedAttemptsTest {

    private final StubTransport server = new StubTransport();

    private Failed failed(int attempts, StopAllOptions options) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> server.client()
                        .retry(StopRetry.defaults().withMaxAttempts(attempts))
                        .build()
                        .stopAll(Flux.just("t1"), options))
                .thenAwait(Duration.ofHours(1))
                .consumeNextWith(results::add)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        return (Failed) results.get(0);
    }

    private Failed failed(int attempts) {
        return failed(attempts, StopAllOptions.defaults());
    }

    private static List<String> ends(Failed failed) {
        return failed.failures().stream().map(FailedAttemptsTest::end).toList();
    }

    private static String end(TaskException failure) {
        if (failure instanceof TaskRequestException unanswered) {
            return unanswered.reason().name();
        }
        return failure instanceof TaskResponseException answer ? answer.reason().name() : "UNREADABLE";
    }

    @Test
    void each_attempt_is_told_in_its_order_and_only_what_left_is_counted() {
        server.onStop(notSent(), lost(), answer(500), answer(503)).onStatus(status("processing"));

        Failed failed = failed(4);

        assertThat(ends(failed)).containsExactly("NOT_SENT", "NO_ANSWER", "SERVER_ERROR", "SERVER_ERROR");
        assertThat(failed.attempts()).isEqualTo(3);
        assertThat(failed.error().isOutcomeUnknown()).isTrue();
    }

    @Test
    void of_many_attempts_the_last_ones_are_told() {
        server.onStop(answer(500));

        Failed failed = failed(20);

        assertThat(failed.attempts()).isEqualTo(20);
        assertThat(failed.failures()).hasSize(Failed.MAX_FAILURES);
    }

    @Test
    void an_attempt_that_came_too_early_is_told_with_the_state_that_it_met() {
        server.onStop(answer(400)).onStatus(status("pending"));

        Failed failed = failed(2);

        assertThat(failed.failures())
                .hasSize(Failed.MAX_FAILURES)
                .allSatisfy(
                        end -> assertThat(((TaskResponseException) end).state()).isEqualTo(TaskState.of("pending")));
    }

    @Test
    void an_id_that_cannot_be_one_has_no_attempt() {
        StepVerifier.create(server.client().build().stopAll(Flux.just("")))
                .assertNext(result -> {
                    assertThat(((Failed) result).attempts()).isZero();
                    assertThat(((Failed) result).failures()).isEmpty();
                })
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void a_stop_that_was_not_confirmed_tells_how_many_requests_it_took() {
        server.onStop(answer(500), StubTransport.stopped()).onStatus(answer(500));

        Failed failed = failed(2, StopAllOptions.defaults().withConfirm(true));

        assertThat(failed.attempts()).isEqualTo(2);
        assertThat(failed.error().isOutcomeUnknown()).isTrue();
    }

    @Test
    void a_deadline_tells_what_was_tried_until_then() {
        server.onStop(answer(500));

        Failed failed = failed(1_000, StopAllOptions.defaults().withDeadline(Duration.ofSeconds(2)));

        assertThat(failed.attempts()).isEqualTo(failed.failures().size()).isPositive();
    }
}
