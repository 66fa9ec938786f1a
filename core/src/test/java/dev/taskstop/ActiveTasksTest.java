package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.util.RaceTestUtils;

class ActiveTasksTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final StubTransport server = new StubTransport();
    private final TaskClient client = server.client().build();
    private final ActiveTasks tasks = client.activeTasks();
    private final List<Disposable> open = new ArrayList<>();

    @Test
    void a_task_is_registered_while_its_work_runs() {
        Sinks.One<String> work = Sinks.one();

        StepVerifier.create(tasks.track("t1", work.asMono()))
                .then(() -> assertThat(tasks.taskIds()).containsExactly("t1"))
                .then(() -> work.tryEmitValue("done").orThrow())
                .expectNext("done")
                .expectComplete()
                .verify(LIMIT);

        assertThat(tasks.taskIds()).isEmpty();
    }

    @Test
    void a_task_is_not_registered_before_the_subscription_nor_after_error_or_cancel() {
        Mono<Object> failing = tasks.track("t1", Mono.error(new IllegalStateException("mine")));
        assertThat(tasks.taskIds()).isEmpty();

        StepVerifier.create(failing).expectErrorMessage("mine").verify(LIMIT);
        StepVerifier.create(tasks.track("t1", Flux.never())).thenCancel().verify(LIMIT);

        assertThat(tasks.taskIds()).isEmpty();
        assertThat(server.requests).isEmpty();
    }

    @Test
    void a_task_that_is_registered_twice_is_deregistered_twice() {
        tasks.register("t1");
        tasks.register("t1");

        tasks.deregister("t1");
        assertThat(tasks.taskIds()).containsExactly("t1");
        tasks.deregister("t1");
        tasks.deregister("t1");
        assertThat(tasks.taskIds()).isEmpty();
    }

    @Test
    void a_shutdown_stops_what_is_registered_and_takes_nothing_more() {
        server.onStop("t2", answer(400)).onStatus(status("completed"));
        tasks.register("t1");
        tasks.register("t2");
        AtomicBoolean begun = new AtomicBoolean();

        StepVerifier.create(tasks.shutdown(GRACE).sort((a, b) -> a.taskId().compareTo(b.taskId())))
                .expectNextMatches(Stopped.class::isInstance)
                .expectNextMatches(AlreadyEnded.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(tasks.taskIds()).isEmpty();
        assertThatThrownBy(() -> tasks.register("t3")).isInstanceOf(IllegalStateException.class);
        StepVerifier.create(tasks.track("t3", Mono.fromRunnable(() -> begun.set(true))))
                .expectError(IllegalStateException.class)
                .verify(LIMIT);
        assertThat(begun).isFalse();
    }

    @Test
    void tasks_can_be_registered_again_once_it_is_reopened() {
        StepVerifier.create(tasks.shutdown(GRACE)).expectComplete().verify(LIMIT);

        tasks.reopen();
        tasks.register("t1");

        StepVerifier.create(tasks.shutdown(GRACE))
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
    }

    private void shutDownAndReopen() {
        StepVerifier.create(tasks.shutdown(GRACE).then()).expectComplete().verify(LIMIT);
        tasks.reopen();
    }

    @Test
    void old_work_that_ends_after_a_reopen_takes_back_its_own_registration_and_not_a_new_one() {
        Sinks.One<String> oldWork = Sinks.one();
        open.add(tasks.track("t1", oldWork.asMono()).subscribe());
        open.add(tasks.track("t1", Flux.never()).subscribe());
        shutDownAndReopen();
        open.add(tasks.track("t1", Mono.never()).subscribe());

        oldWork.tryEmitValue("late").orThrow();
        open.get(1).dispose();

        assertThat(tasks.taskIds()).containsExactly("t1");
        open.get(2).dispose();
        assertThat(tasks.taskIds()).isEmpty();
    }

    @Test
    void a_deregistration_by_hand_that_comes_after_a_reopen_does_not_take_back_a_new_registration() {
        tasks.register("t1");
        shutDownAndReopen();
        tasks.register("t1");

        tasks.deregister("t1");
        assertThat(tasks.taskIds()).containsExactly("t1");
        tasks.deregister("t1");
        assertThat(tasks.taskIds()).isEmpty();

        open.add(tasks.track("t1", Mono.never()).subscribe());
        tasks.deregister("t1");
        assertThat(tasks.taskIds()).isEmpty();
    }

    @Test
    void what_is_registered_anew_while_a_shutdown_goes_on_is_left_to_the_next() {
        Sinks.Empty<Void> answer = Sinks.empty();
        server.onStop((request, id) -> answer.asMono().then(stopped().to(request, id)));
        tasks.register("t1");
        List<StopResult> results = new ArrayList<>();
        open.add(tasks.shutdown(GRACE).subscribe(results::add));
        tasks.reopen();
        tasks.register("t1");

        answer.tryEmitEmpty().orThrow();

        assertThat(results).hasSize(1);
        assertThat(tasks.taskIds()).containsExactly("t1");
    }

    @Test
    void a_registration_by_hand_is_taken_back_before_one_of_work_that_runs() {
        open.add(tasks.track("t1", Mono.never()).subscribe());
        tasks.register("t1");

        tasks.deregister("t1");
        assertThat(tasks.taskIds()).containsExactly("t1");
        open.get(0).dispose();

        assertThat(tasks.taskIds()).isEmpty();
    }

    @Test
    void a_shutdown_begins_with_its_subscription() {
        tasks.shutdown(GRACE);

        tasks.register("t1");
        assertThat(tasks.taskIds()).containsExactly("t1");
    }

    @Test
    void a_shutdown_ends_with_its_grace_and_keeps_the_survivors() {
        server.onStop("t1", silence()).onStop("t2", stopped());
        List<StopResult> results = new ArrayList<>();

        StepVerifier.withVirtualTime(() -> {
                    ActiveTasks active = server.client().build().activeTasks();
                    active.register("t1");
                    active.register("t2");
                    return active.shutdown(GRACE).then(Mono.fromSupplier(active::taskIds));
                })
                .expectSubscription()
                .expectNoEvent(GRACE.minusMillis(1))
                .thenAwait(Duration.ofMillis(1))
                .expectNext(Set.of("t1"))
                .expectComplete()
                .verify(LIMIT);
        assertThat(results).isEmpty();
    }

    private List<String> linesOfAShutdown() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger logger = (Logger) LoggerFactory.getLogger(DefaultActiveTasks.class);
        logger.setLevel(Level.WARN);
        logger.addAppender(lines);
        try {
            StepVerifier.withVirtualTime(() -> {
                        ActiveTasks active =
                                server.client().concurrency(1).build().activeTasks();
                        active.register("t1");
                        active.register("t2");
                        return active.shutdown(GRACE).then();
                    })
                    .thenAwait(GRACE)
                    .expectComplete()
                    .verify(LIMIT);
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
        }
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 402})
    void a_survivor_is_not_said_to_have_had_no_time_when_the_key_or_its_account_was_refused(int status) {
        server.onStop(answer(status));

        assertThat(linesOfAShutdown())
                .hasSize(2)
                .allMatch(line -> line.contains("may have survived the shutdown"))
                .anyMatch(line -> line.endsWith("no stop was sent, because the key or its account was refused"))
                .noneMatch(line -> line.contains("no time"));
    }

    @Test
    void a_survivor_that_had_no_turn_in_time_is_said_to_have_had_no_time() {
        server.onStop(silence());

        assertThat(linesOfAShutdown())
                .hasSize(2)
                .anyMatch(line -> line.endsWith("there was no time left"))
                .noneMatch(line -> line.contains("key"));
    }

    @Test
    void a_second_shutdown_stops_what_the_first_left() {
        server.onStop("t1", answer(409), stopped());
        tasks.register("t1");

        StepVerifier.create(tasks.shutdown(GRACE))
                .expectNextMatches(Failed.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(tasks.shutdown(GRACE))
                .expectNextMatches(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        StepVerifier.create(tasks.shutdown(GRACE)).expectComplete().verify(LIMIT);
    }

    @Test
    void an_id_that_cannot_be_one_is_refused() {
        assertThatThrownBy(() -> tasks.register("a/b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void who_registers_just_as_a_shutdown_begins_is_refused_or_part_of_it() {
        for (int i = 0; i < 2_000; i++) {
            StubTransport stub = new StubTransport();
            ActiveTasks active = stub.client().build().activeTasks();
            AtomicBoolean refused = new AtomicBoolean();
            RaceTestUtils.race(
                    () -> {
                        try {
                            active.register("t1");
                        } catch (IllegalStateException e) {
                            refused.set(true);
                        }
                    },
                    () -> active.shutdown(GRACE).subscribe());

            assertThat(refused.get() || stub.stopRequests() == 1)
                    .as("round %d", i)
                    .isTrue();
            assertThat(active.taskIds()).as("round %d", i).isEmpty();
        }
    }

    @Test
    void the_hook_can_be_taken_away_again() {
        Disposable hook = tasks.installShutdownHook(GRACE);

        hook.dispose();

        assertThat(hook.isDisposed()).isTrue();
    }

    @Test
    void work_that_a_shutdown_stopped_leaves_no_deregistration_by_hand_to_come() {
        open.add(tasks.track("t1", Mono.never()).subscribe());
        tasks.register("t1");
        shutDownAndReopen();
        tasks.register("t1");

        tasks.deregister("t1");
        tasks.deregister("t1");

        assertThat(tasks.taskIds()).isEmpty();
    }
}
