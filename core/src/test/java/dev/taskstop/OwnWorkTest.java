package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.status;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Work of one's own on a task, against the clock or its subscriber, in virtual time. */
class OwnWorkTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final StubTransport server = new StubTransport();

    @Test
    void own_work_that_ends_in_time_passes_and_nothing_is_sent() {
        StepVerifier.withVirtualTime(() -> Mono.delay(Duration.ofSeconds(59))
                        .thenReturn("done")
                        .transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .thenAwait(MINUTE)
                .expectNext("done")
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void own_work_that_takes_too_long_is_a_timeout_and_the_task_is_stopped() {
        StepVerifier.withVirtualTime(
                        () -> Mono.never().transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .thenAwait(MINUTE)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TimeoutException.class)
                        .hasMessageContaining("was stopped")
                        .hasNoCause())
                .verify(LIMIT);
        assertThat(server.stopRequests()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 404, 403})
    void own_work_is_cancelled_when_its_time_is_up_whatever_the_stop_comes_to(int answer) {
        if (answer != 200) {
            server.onStop(answer(answer));
        }
        AtomicInteger cancelled = new AtomicInteger();

        StepVerifier.withVirtualTime(() -> Mono.never()
                        .doOnCancel(cancelled::incrementAndGet)
                        .transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .thenAwait(MINUTE)
                .expectError(TimeoutException.class)
                .verify(LIMIT);

        assertThat(cancelled).hasValue(1);
    }

    @Test
    void own_work_whose_task_may_have_been_stopped_is_not_said_to_go_on() {
        server.onStop(StubTransport.lost()).onStatus(StubTransport.lost());

        StepVerifier.withVirtualTime(
                        () -> Mono.never().transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .thenAwait(MINUTE.multipliedBy(4))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TimeoutException.class)
                        .hasMessageEndingWith("and whether it was stopped is not known"))
                .verify(LIMIT);
    }

    @Test
    void own_work_that_is_empty_or_ends_during_the_stop_wins() {
        server.onStop(StubTransport.stopped().after(Duration.ofSeconds(10)));

        StepVerifier.withVirtualTime(() -> Mono.delay(MINUTE.plusSeconds(5))
                        .then()
                        .transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .thenAwait(MINUTE.plusSeconds(5))
                .expectComplete()
                .verify(LIMIT);
        assertThat(server.cancelled).hasValue(1);
    }

    @Test
    void own_work_goes_on_when_the_stop_finds_that_the_task_had_ended() {
        server.onStop(answer(400)).onStatus(status("completed"));

        StepVerifier.withVirtualTime(() -> Mono.delay(MINUTE.plusSeconds(5))
                        .thenReturn("late")
                        .transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .thenAwait(MINUTE.plusSeconds(5))
                .expectNext("late")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void own_work_whose_task_cannot_be_stopped_is_a_timeout_with_the_cause() {
        server.onStop(answer(404));

        StepVerifier.withVirtualTime(
                        () -> Mono.never().transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .thenAwait(MINUTE)
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(TimeoutException.class)
                        .hasMessageEndingWith("and could not be stopped")
                        .hasCauseInstanceOf(TaskResponseException.class))
                .verify(LIMIT);
    }

    @Test
    void own_work_that_fails_fails_as_it_is() {
        StepVerifier.create(Mono.error(new IllegalStateException("mine"))
                        .transform(server.client().build().stopOnTimeout("t1", MINUTE)))
                .expectErrorMessage("mine")
                .verify(LIMIT);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void cancelling_with_the_operator_cancels_the_work_and_stops_the_task_once() {
        AtomicInteger cancelled = new AtomicInteger();
        Mono<Object> work = Mono.never().doOnCancel(cancelled::incrementAndGet);

        StepVerifier.create(work.transform(server.client().build().stopOnCancel("t1")))
                .expectSubscription()
                .thenCancel()
                .verify(LIMIT);

        assertThat(cancelled).hasValue(1);
        assertThat(server.requests).containsExactly("PATCH t1");
    }

    @Test
    void work_that_ends_or_fails_by_itself_stops_no_task() {
        TaskClient client = server.client().build();

        StepVerifier.create(Mono.just("v").transform(client.stopOnCancel("t1")))
                .expectNext("v")
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(Mono.error(new IllegalStateException("mine")).transform(client.stopOnCancel("t1")))
                .expectErrorMessage("mine")
                .verify(LIMIT);

        assertThat(server.requests).isEmpty();
    }

    @Test
    void a_task_that_may_have_survived_the_cancel_of_its_work_is_named_in_the_log() {
        server.onStop(answer(403));

        assertThat(logOfCancelledWork()).singleElement().satisfies(line -> {
            assertThat(line.getLevel()).isEqualTo(Level.WARN);
            assertThat(line.getFormattedMessage()).contains("t1", "answered 403");
        });
    }

    @Test
    void a_task_that_is_stopped_or_not_there_is_not() {
        assertThat(logOfCancelledWork()).isEmpty();

        server.onStop(answer(404));

        assertThat(logOfCancelledWork()).isEmpty();
    }

    private List<ILoggingEvent> logOfCancelledWork() {
        Logger log = (Logger) LoggerFactory.getLogger(AwaitOrStop.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        log.setLevel(Level.WARN);
        log.setAdditive(false);
        try {
            StepVerifier.create(Mono.never().transform(server.client().build().stopOnCancel("t1")))
                    .expectSubscription()
                    .thenCancel()
                    .verify(LIMIT);
        } finally {
            log.setAdditive(true);
            log.setLevel(null);
            log.detachAppender(lines);
        }
        assertThat(server.stopRequests()).isPositive();
        return lines.list;
    }
}
