package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyLong;
import static org.mockito.ArgumentMatchers.argThat;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import dev.taskstop.GateState;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskState;
import dev.taskstop.room.Batch.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class BatchesTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration ONE_STOP = Duration.ofMillis(100);

    private final TaskClient client = mock();
    private final Audit audit = mock();
    private final List<String> sent = new ArrayList<>();

    @BeforeEach
    void stopsTasksOneAfterTheOther() {
        when(client.gateState()).thenReturn(new GateState(0, 0, 8, 0, Duration.ZERO));
        when(client.stopAll(any(), any())).thenAnswer(call -> {
            Publisher<String> ids = call.getArgument(0);
            return Flux.from(ids).concatMap(this::stop, 0);
        });
    }

    private Mono<StopResult> stop(String id) {
        sent.add(id);
        StopResult result = id.startsWith("gone") ? new NotFound(id) : new AlreadyEnded(id, TaskState.of("completed"));
        return id.startsWith("hangs") ? Mono.never() : Mono.delay(ONE_STOP).thenReturn(result);
    }

    @Test
    void a_batch_counts_its_results_as_they_come() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client, audit);
                    stop(batches, List.of("a", "gone-1", "b"), "ada");
                    return Flux.interval(Duration.ofMillis(50), ONE_STOP)
                            .map(tick -> batches.states().get(0))
                            .take(4);
                })
                .thenAwait(Duration.ofSeconds(1))
                .assertNext(state -> assertThat(state.counts()).isEqualTo(Counts.NONE))
                .assertNext(state -> assertThat(state.counts()).isEqualTo(new Counts(0, 0, 1, 0, 0, 0)))
                .assertNext(state -> assertThat(state.percent()).isEqualTo(66))
                .assertNext(state -> {
                    assertThat(state.phase()).isEqualTo(Phase.DONE);
                    assertThat(state.counts()).isEqualTo(new Counts(0, 0, 2, 1, 0, 0));
                    assertThat(state.elapsed()).isEqualTo(Duration.ofMillis(300));
                    assertThat(state.perSecond()).isEqualTo(10);
                    assertThat(state.startedBy()).isEqualTo("ada");
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void cancelling_a_batch_sends_nothing_more_and_counts_what_was_in_flight() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client, audit);
                    stop(batches, ids("t", 10), "ada");
                    return Mono.delay(Duration.ofMillis(250))
                            .doOnNext(tick -> batches.cancel(1, "ada"))
                            .then(Mono.delay(ONE_STOP))
                            .map(tick -> batches.states().get(0));
                })
                .thenAwait(Duration.ofSeconds(1))
                .assertNext(state -> {
                    assertThat(state.phase()).isEqualTo(Phase.CANCELLED);
                    assertThat(state.counts().done()).isEqualTo(3);
                    assertThat(sent).hasSize(3);
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void closing_cancels_every_batch_and_gives_up_what_hangs() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client, audit);
                    stop(batches, List.of("hangs"), "ada");
                    stop(batches, ids("t", 10), "bob");
                    return batches.close().then(Mono.fromSupplier(batches::states));
                })
                .expectSubscription()
                .expectNoEvent(Batches.CANCEL_GRACE)
                .assertNext(states -> {
                    assertThat(states).extracting(Batch.State::phase).containsOnly(Phase.CANCELLED);
                    assertThat(sent).containsExactly("hangs", "t-0");
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void nothing_begins_after_closing() {
        Batches batches = new Batches(client, audit);
        StepVerifier.create(batches.close()).expectComplete().verify(LIMIT);

        assertThatThrownBy(() -> stop(batches, List.of("a"), "ada")).isInstanceOf(IllegalStateException.class);
        assertThat(sent).isEmpty();
    }

    @Test
    void a_task_is_in_one_batch_at_a_time_and_once() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client, audit);
                    assertThat(stop(batches, List.of("a", "b", "a"), "ada")).isTrue();
                    assertThat(stop(batches, List.of("a", "b"), "bob")).isFalse();
                    assertThat(stop(batches, List.of("b", "c"), "bob")).isTrue();
                    return Mono.delay(Duration.ofSeconds(1))
                            .doOnNext(tick -> assertThat(stop(batches, List.of("a"), "bob"))
                                    .isTrue())
                            .then(Mono.delay(ONE_STOP.multipliedBy(2)))
                            .map(tick -> batches.states());
                })
                .thenAwait(Duration.ofSeconds(2))
                .assertNext(states ->
                        assertThat(states).extracting(Batch.State::total).containsExactly(1L, 1L, 2L))
                .expectComplete()
                .verify(LIMIT);
        assertThat(sent).containsExactlyInAnyOrder("a", "b", "c", "a");
    }

    @Test
    void a_batch_is_called_by_what_it_stops_and_not_by_what_others_stop_already() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client, audit);
                    stop(batches, List.of("a", "b", "c"), "ada");
                    stop(batches, List.of("a", "d"), "bob");
                    List<TaskRow> all = Stream.of("a", "b", "c", "d", "e")
                            .map(TaskRow::unknown)
                            .toList();
                    batches.stop(Order.matching(all, Filter.ALL, ""), "eve");
                    return Mono.just(batches.states());
                })
                .assertNext(states -> assertThat(states)
                        .extracting(Batch.State::what)
                        .containsExactly("All active tasks (1)", "d", "a and 2 more"))
                .expectComplete()
                .verify(LIMIT);
        verify(audit).began(any(), argThat(order -> order.selector().equals("picked: d")));
    }

    @Test
    void a_batch_of_long_prompts_has_a_short_name() {
        TaskRow task = new TaskRow("a", "processing", 0, null, "", "x".repeat(300), "", "", false);

        assertThat(Order.picked(List.of(task, task), "").what())
                .hasSizeLessThan(300)
                .endsWith("… and 1 more");
        assertThat(Order.matching(List.of(task), FilterTest.filter("text=" + "x".repeat(3_000)), "")
                        .what())
                .hasSize(300);
    }

    @Test
    void what_was_not_on_the_list_is_no_dismissal_for_the_audit_list() {
        new Batches(client, audit).dismiss(List.of("a"), "ada");

        verify(audit, never()).dismissed(anyLong(), any());
    }

    @Test
    void a_row_is_marked_while_its_task_is_stopped_goes_with_it_and_comes_back_with_a_later_list() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client, audit);
                    TaskRows early = rows("a", "b");
                    stop(batches, List.of("a"), "ada");
                    assertThat(batches.update(early).rows())
                            .extracting(TaskRow::stopping)
                            .containsExactly(true, false);
                    return Mono.delay(Duration.ofSeconds(1))
                            .map(tick -> {
                                assertThat(batches.update(early).rows())
                                        .extracting(TaskRow::id)
                                        .containsExactly("b");
                                return batches.update(rows("a", "b"));
                            })
                            .delaySubscription(Duration.ofMillis(1));
                })
                .thenAwait(Duration.ofSeconds(2))
                .assertNext(rows ->
                        assertThat(rows.rows()).extracting(TaskRow::stopping).containsExactly(false, false))
                .expectComplete()
                .verify(LIMIT);
    }

    private static TaskRows rows(String... ids) {
        return new TaskRows(Stream.of(ids).map(TaskRow::unknown).toList(), false, "", Batches.now());
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    0, 0, done,        done
                    1, 0, 1 failed,    failed
                    1, 5, 1 failed,    failed
                    0, 2530, '2,530 not sent', failed
                    """)
    void a_batch_is_done_only_when_nobody_has_to_look_after_it(int failed, int skipped, String label, String tone) {
        Counts counts = new Counts(10, 3, 1, 1, failed, skipped);
        Batch.State state =
                new Batch.State(1, "x", "ada", counts.done(), counts, Phase.DONE, "", Duration.ofSeconds(1));

        assertThat(state.label()).isEqualTo(label);
        assertThat(state.tone()).isEqualTo(tone);
    }

    @Test
    void a_failure_of_the_whole_fails_the_batch_and_frees_its_tasks() {
        doReturn(Flux.error(new IllegalStateException("no room"))).when(client).stopAll(any(), any());
        Batches batches = new Batches(client, audit);

        stop(batches, List.of("a"), "ada");

        assertThat(batches.states().get(0).phase()).isEqualTo(Phase.FAILED);
        assertThat(batches.states().get(0).problem()).isEqualTo("no room");
        assertThat(batches.states().get(0).rest()).startsWith("1 task was not sent");
        assertThat(stop(batches, List.of("a"), "ada")).isTrue();
    }

    @Test
    void the_oldest_batches_that_are_over_are_forgotten_and_none_that_runs() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client, audit);
                    stop(batches, List.of("hangs"), "ada");
                    return Flux.range(0, 20)
                            .concatMap(number -> {
                                stop(batches, List.of("t-" + number), "ada");
                                return Mono.delay(ONE_STOP.multipliedBy(2));
                            })
                            .then(Mono.fromSupplier(batches::states));
                })
                .thenAwait(Duration.ofMinutes(1))
                .assertNext(states -> {
                    assertThat(states).hasSize(6);
                    assertThat(states).extracting(Batch.State::number).containsExactly(21, 20, 19, 18, 17, 1);
                })
                .expectComplete()
                .verify(LIMIT);
    }

    private static List<String> ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).toList();
    }

    private static boolean stop(Batches batches, List<String> ids, String by) {
        return batches.stop(Order.picked(ids.stream().map(TaskRow::unknown).toList(), ""), by);
    }
}
