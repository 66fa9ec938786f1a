package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskRequestException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.test.StepVerifier;

/** A batch that is over sends nothing more: no stop, and no question either; in virtual time. */
class BulkStopOverTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);
    private static final Duration END = Duration.ofSeconds(4);
    private static final StopAllOptions AT_ANY_FAILURE =
            StopAllOptions.defaults().withAbortWhen(failure -> true);

    /** What ends a batch before its time. */
    enum End {
        ABORT,
        DEADLINE,
        CANCEL
    }

    /** What waits behind two that hang, and how it comes to that within the time before the end. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody changes what they have
    enum Waiting {
        CONFIRMATIONS(
                server -> server.onStatus(status("processing"), silence()),
                StopAllOptions.defaults().withConfirm(true)),
        QUESTIONS_AFTER_A_400(
                server -> server.onStop(answer(400).after(ONE_SECOND)).onStatus(silence()), StopAllOptions.defaults()),
        QUESTIONS_AFTER_A_LOST_ANSWER(
                server -> server.onStop(lost().after(ONE_SECOND)).onStatus(silence()), StopAllOptions.defaults()),
        LOOKS_OF_A_WATCH(
                server -> server.onStatus(status("stopped"), silence()),
                StopAllOptions.defaults().withConfirm(Duration.ofMinutes(1))),
        LOOKS_OF_A_DRY_RUN(
                server -> server.onStatus(silence()), StopAllOptions.defaults().withDryRun(true)),
        STOPS(server -> server.onStop(silence()), StopAllOptions.defaults());

        private final Consumer<StubTransport> server;
        private final StopAllOptions options;

        Waiting(Consumer<StubTransport> server, StopAllOptions options) {
            this.server = server;
            this.options = options;
        }
    }

    private final StubTransport server = new StubTransport();

    static Stream<Arguments> ends() {
        return Stream.of(Waiting.values())
                .flatMap(waiting -> Stream.of(End.values()).map(end -> Arguments.of(waiting, end)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void what_waits_for_its_turn_when_the_batch_ends_is_not_sent(Waiting waiting, End end) {
        waiting.server.accept(server);
        Flux<String> ids = end == End.ABORT ? ids(4).concatWith(Mono.delay(END).thenReturn("a/b")) : ids(4);
        StopAllOptions options = waiting.options.withConcurrency(16).withAbortWhen(failure -> true);

        StepVerifier.withVirtualTime(() -> server.client()
                        .concurrency(2)
                        .retry(StopRetry.defaults().withJitter(0).withMaxAttempts(1))
                        .build()
                        .stopAll(ids, end == End.DEADLINE ? options.withDeadline(END) : options))
                .expectSubscription()
                .thenAwait(END.minusMillis(1))
                .then(server.requests::clear)
                .thenAwait(Duration.ofMillis(2))
                .thenCancel()
                .verify(LIMIT);

        assertThat(server.requests).isEmpty();
    }

    @Test
    void an_abort_ends_the_confirmations_at_once() {
        List<StopResult> results = new ArrayList<>();

        StepVerifier.withVirtualTime(() -> server.client()
                        .build()
                        .stopAll(
                                ids(2).concatWith(Mono.delay(END).thenReturn("a/b")), AT_ANY_FAILURE.withConfirm(true)))
                .expectSubscription()
                .thenAwait(END)
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results).hasSize(3).allMatch(Failed.class::isInstance);
        assertThat(results)
                .filteredOn(result -> !result.taskId().equals("a/b"))
                .extracting(result -> ((Failed) result).error())
                .allMatch(TaskException::isOutcomeUnknown)
                .allMatch(error -> TaskRequestException.isOne(error, Reason.UNCONFIRMED))
                .allSatisfy(error -> assertThat(error).hasMessageContaining("aborted"));
    }

    @Test
    void a_stop_that_waits_for_the_key_when_the_batch_is_aborted_is_skipped() {
        StepVerifier.withVirtualTime(() -> server.client()
                        .apiKey(() -> Mono.delay(ONE_SECOND).thenReturn("bb_test"))
                        .build()
                        .stopAll(Flux.just("t0", "a/b"), AT_ANY_FAILURE))
                .expectSubscription()
                .expectNextMatches(result -> result.taskId().equals("a/b"))
                .thenAwait(ONE_SECOND)
                .expectNext(new Skipped("t0", Skipped.Reason.ABORTED))
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests).isEmpty();
    }

    @Test
    void a_stop_whose_key_is_being_replaced_when_the_batch_is_aborted_is_not_sent_again() {
        AtomicInteger keys = new AtomicInteger();
        server.onStop(answer(401), stopped());

        StepVerifier.withVirtualTime(() -> server.client()
                        .apiKey(() -> keys.getAndIncrement() == 0
                                ? Mono.just("old")
                                : Mono.delay(ONE_SECOND).thenReturn("new"))
                        .build()
                        .stopAll(Flux.just("t0", "a/b"), AT_ANY_FAILURE))
                .expectSubscription()
                .expectNextMatches(result -> result.taskId().equals("a/b"))
                .thenAwait(ONE_SECOND)
                .expectNextMatches(result -> result instanceof Failed failed
                        && !failed.error().isOutcomeUnknown()
                        && TaskResponseException.isOne(failed.error(), TaskResponseException.Reason.UNAUTHORIZED))
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests).containsExactly("PATCH t0");
    }

    /** What makes stops fail, and how many of three do. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody changes what they have
    enum Failing {
        STOPS(server -> server.onStop(answer(409)), StopAllOptions.defaults(), 3),
        CONFIRMATIONS(
                server -> server.onStatus(answer(403)),
                StopAllOptions.defaults().withConfirm(true),
                3),
        LOOKS_OF_A_DRY_RUN(
                server -> server.onStatus(answer(409)),
                StopAllOptions.defaults().withDryRun(true),
                3),
        LOOKS_OF_A_WATCH(
                server -> server.onStatus(status("stopped"), answer(500)),
                StopAllOptions.defaults().withConfirm(Duration.ofMinutes(1)),
                0),
        WATCHED(
                server -> server.onStatus(status("stopped"), status("processing")),
                StopAllOptions.defaults().withConfirm(Duration.ofMinutes(1)),
                3);

        private final Consumer<StubTransport> server;
        private final StopAllOptions options;
        private final int failures;

        Failing(Consumer<StubTransport> server, StopAllOptions options, int failures) {
            this.server = server;
            this.options = options;
            this.failures = failures;
        }
    }

    @ParameterizedTest
    @EnumSource(Failing.class)
    void whether_to_abort_is_asked_once_for_each_failure(Failing failing) {
        failing.server.accept(server);
        List<TaskException> asked = new ArrayList<>();
        List<StopResult> results = new ArrayList<>();

        StepVerifier.withVirtualTime(() -> server.client()
                        .build()
                        .stopAll(ids(3), failing.options.withAbortWhen(failure -> {
                            asked.add(failure);
                            return false;
                        })))
                .thenAwait(Duration.ofHours(1))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);

        List<TaskException> errors = results.stream()
                .filter(Failed.class::isInstance)
                .map(result -> ((Failed) result).error())
                .toList();
        assertThat(errors).hasSize(failing.failures);
        assertThat(asked).containsExactlyInAnyOrderElementsOf(errors);
    }

    /** Where the cancel meets a list. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody changes what they have
    enum Reading {
        FIRST_PAGE(0, StopAllOptions.defaults()),
        LATER_PAGE_BEFORE_THE_FIRST_STOP(1, StopAllOptions.defaults().withMax(5)),
        LATER_PAGE_IN_ORDER(1, StopAllOptions.defaults().withOrdered(true).withMax(5)),
        LATER_PAGE_OF_A_DRY_RUN(1, StopAllOptions.defaults().withDryRun(true).withMax(5)),
        LATER_PAGE_WITH_A_WATCH(
                1, StopAllOptions.defaults().withConfirm(Duration.ofMinutes(1)).withMax(5));

        private final int pages;
        private final StopAllOptions options;

        Reading(int pages, StopAllOptions options) {
            this.pages = pages;
            this.options = options;
        }
    }

    @ParameterizedTest
    @EnumSource(Reading.class)
    void a_cancel_while_a_list_is_read_gives_no_signal_and_is_told_as_one(Reading reading) {
        StubTasks tasks = new StubTasks().addMany(7);
        AtomicInteger read = new AtomicInteger();
        tasks.fault = request ->
                request.method().equals("GET") && read.getAndIncrement() == reading.pages ? Mono.never() : null;
        List<StopSummary> ends = new ArrayList<>();
        List<SignalType> signals = new ArrayList<>();
        StopListener listener = new StopListener() {
            @Override
            public void onBulkStopEnd(StopSummary summary) {
                ends.add(summary);
            }
        };

        tasks.client()
                .stopListener(listener)
                .build()
                .stopActive(TaskQuery.active().withPageSize(3), reading.options)
                .doOnEach(signal -> signals.add(signal.getType()))
                .subscribe()
                .dispose();

        assertThat(signals).isEmpty();
        assertThat(ends).singleElement().returns(0L, StopSummary::total);
        assertThat(tasks.stops).isEmpty();
    }

    @Test
    void what_was_stopped_before_a_cancel_is_told_and_nothing_else() {
        StubTasks tasks = new StubTasks().addMany(7);
        tasks.fault = request -> String.valueOf(request.uri().getQuery()).contains("offset=3") ? Mono.never() : null;
        List<StopResult> results = new ArrayList<>();

        tasks.client()
                .build()
                .stopActive(TaskQuery.active().withPageSize(3), StopAllOptions.defaults())
                .doOnNext(results::add)
                .subscribe()
                .dispose();

        assertThat(results).hasSize(3).hasOnlyElementsOfType(Stopped.class);
    }

    private static Flux<String> ids(int count) {
        return Flux.range(0, count).map(i -> "t" + i);
    }
}
