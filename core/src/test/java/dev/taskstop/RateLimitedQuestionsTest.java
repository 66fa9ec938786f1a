package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.response;
import static dev.taskstop.StubTransport.status;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StubTransport.Reply;
import dev.taskstop.TaskResponseException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Whatever is asked, a 429 is waited for: it uses up the deadline, and neither attempts nor budget; in virtual time. */
class RateLimitedQuestionsTest {

    private static final int REFUSALS = 5;
    private static final Reply SLOW_DOWN = answer(429, "{}", "Retry-After", "1");
    private static final StopRetry ONCE = StopRetry.defaults().withJitter(0).withMaxAttempts(1);
    private static final StopAllOptions USUAL = StopAllOptions.defaults();

    private final StubTransport server = new StubTransport();
    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<Object> given = new ArrayList<>();

    /** What is asked for one task, and what the first question that is answered tells. */
    private enum Question {
        WHAT_BECAME_OF_A_LOST_STOP("stopped"),
        DRY_RUN("completed"),
        CONFIRM("error"),
        AWAIT_DONE("completed");

        final String answer;

        Question(String answer) {
            this.answer = answer;
        }

        Publisher<?> asked(TaskClient client) {
            return switch (this) {
                case WHAT_BECAME_OF_A_LOST_STOP -> client.stopAll(Flux.just("t1"));
                case DRY_RUN -> client.stopAll(Flux.just("t1"), USUAL.withDryRun(true));
                case CONFIRM -> client.stopAll(Flux.just("t1"), USUAL.withConfirm(true));
                case AWAIT_DONE -> client.awaitDone("t1");
            };
        }

        boolean isTold(Object result) {
            return switch (this) {
                case WHAT_BECAME_OF_A_LOST_STOP -> result instanceof Stopped stopped && stopped.recovered();
                case DRY_RUN -> result instanceof AlreadyEnded;
                case CONFIRM -> result instanceof Stopped stopped && !stopped.recovered();
                case AWAIT_DONE -> result instanceof TaskStatus;
            };
        }
    }

    private static Reply[] afterRefusals(Reply... more) {
        return Stream.concat(Collections.nCopies(REFUSALS, SLOW_DOWN).stream(), Stream.of(more))
                .toArray(Reply[]::new);
    }

    private TaskClient client(StopRetry retry) {
        return server.client().scheduler(time).retry(retry).build();
    }

    private Duration asked(Question question, StopRetry retry) {
        if (question == Question.WHAT_BECAME_OF_A_LOST_STOP) {
            server.onStop(lost());
        }
        return took(question.asked(client(retry)));
    }

    /** Keeps what is given, an error too. */
    private Duration took(Publisher<?> call) {
        Duration[] end = new Duration[1];
        Flux.from(call)
                .<Object>map(value -> value)
                .onErrorResume(Mono::just)
                .doOnComplete(() -> end[0] = now())
                .subscribe(given::add);
        Duration start = now();
        time.advanceTimeBy(Duration.ofHours(1));
        return end[0].minus(start);
    }

    private Duration now() {
        return Duration.ofNanos(time.now(NANOSECONDS));
    }

    @ParameterizedTest
    @EnumSource(Question.class)
    void a_429_to_a_question_uses_up_no_attempts(Question question) {
        server.onStatus(afterRefusals(status(question.answer)));

        assertThat(asked(question, ONCE)).isBetween(Duration.ofSeconds(5), Duration.ofSeconds(40));

        assertThat(given).singleElement().matches(question::isTold);
        assertThat(server.statusRequests()).isEqualTo(REFUSALS + 1);
    }

    @ParameterizedTest
    @EnumSource(Question.class)
    void any_other_failure_of_it_still_does(Question question) {
        server.onStatus(afterRefusals(answer(503), status(question.answer)));

        asked(question, ONCE);

        assertThat(given).singleElement().matches(result -> !question.isTold(result));
        assertThat(server.statusRequests()).isEqualTo(REFUSALS + 1);
    }

    @ParameterizedTest
    @EnumSource(Question.class)
    void a_429_without_end_is_waited_for_until_the_deadline(Question question) {
        server.onStatus(SLOW_DOWN);

        assertThat(asked(question, ONCE.withDeadline(Duration.ofSeconds(20))))
                .isBetween(Duration.ofSeconds(10), Duration.ofSeconds(45));

        assertThat(given).singleElement().matches(result -> !question.isTold(result));
    }

    @Test
    void a_429_to_the_question_what_became_of_a_stop_costs_nothing_of_the_budget() {
        server.onStatus(afterRefusals(status("stopped")));

        asked(Question.WHAT_BECAME_OF_A_LOST_STOP, ONCE.withBudget(1));

        assertThat(given).singleElement().isInstanceOf(Stopped.class);
    }

    @Test
    void a_429_to_the_last_look_at_a_task_that_is_watched_hides_nothing() {
        server.onStatus(Stream.concat(Stream.of(status("stopped")), Stream.of(afterRefusals(status("processing"))))
                .toArray(Reply[]::new));
        StopAllOptions watched = USUAL.withConfirm(Duration.ofMillis(100));

        took(client(ONCE).stopAll(Flux.just("t1"), watched));

        assertThat(given)
                .singleElement()
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(((TaskResponseException) failed.error()).reason())
                                .isEqualTo(Reason.RUNS_AGAIN));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_429_to_each_page_of_a_list_ends_nothing(boolean v1) {
        StubTasks tasks = new StubTasks().addMany(25);
        int[] refusals = new int[1];
        tasks.fault = request -> request.method().equals("GET") && refusals[0]++ % 4 != 3
                ? Mono.just(response(429, "{}", "Retry-After", "1"))
                : null;
        TaskClient client = tasks.client()
                .scheduler(time)
                .retry(ONCE)
                .dialect(v1 ? TaskDialect.agentV1() : TaskDialect.cloud())
                .build();

        took(client.list(TaskQuery.all().withPageSize(10)));
        assertThat(given).hasSize(25).hasOnlyElementsOfType(TaskSummary.class);

        given.clear();
        took(client.stopActive(TaskQuery.active().withPageSize(10), USUAL));
        assertThat(given).hasSize(25).hasOnlyElementsOfType(Stopped.class);
    }
}
