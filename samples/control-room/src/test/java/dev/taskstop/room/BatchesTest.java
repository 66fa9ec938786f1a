package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskState;
import dev.taskstop.TaskSummary;
import dev.taskstop.room.Batch.Phase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class BatchesTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Duration ONE_STOP = Duration.ofMillis(100);

    private final TaskClient client = mock();
    private final List<String> sent = new ArrayList<>();

    @BeforeEach
    void stopsTasksOneAfterTheOther() {
        when(client.stopAll(any())).thenAnswer(call -> {
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
                    Batches batches = new Batches(client);
                    batches.stop(List.of("a", "gone-1", "b"), "ada");
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
                    Batches batches = new Batches(client);
                    batches.stop(ids("t", 10), "ada");
                    return Mono.delay(Duration.ofMillis(250))
                            .doOnNext(tick -> batches.cancel(1))
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
                    Batches batches = new Batches(client);
                    batches.stop(List.of("hangs"), "ada");
                    batches.stop(ids("t", 10), "bob");
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
        Batches batches = new Batches(client);
        StepVerifier.create(batches.close()).expectComplete().verify(LIMIT);

        assertThatThrownBy(() -> batches.stop(List.of("a"), "ada")).isInstanceOf(IllegalStateException.class);
        assertThat(sent).isEmpty();
    }

    @Test
    void stopping_all_stops_what_the_list_has_once_each() {
        when(client.list(any())).thenReturn(Flux.just(task("a"), task("b"), task("a")));
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client);
                    batches.stopAllActive("ada");
                    return Mono.delay(Duration.ofSeconds(1))
                            .map(tick -> batches.states().get(0));
                })
                .thenAwait(Duration.ofSeconds(1))
                .assertNext(state -> assertThat(state.total()).isEqualTo(2))
                .expectComplete()
                .verify(LIMIT);
        assertThat(sent).containsExactly("a", "b");
    }

    @Test
    void a_list_that_cannot_be_read_fails_the_batch() {
        when(client.list(any())).thenReturn(Flux.error(new IllegalStateException("no list")));
        Batches batches = new Batches(client);

        batches.stopAllActive("ada");

        assertThat(batches.states().get(0).phase()).isEqualTo(Phase.FAILED);
        assertThat(batches.states().get(0).problem()).isEqualTo("no list");
    }

    @Test
    void the_oldest_batches_that_are_over_are_forgotten_and_none_that_runs() {
        StepVerifier.withVirtualTime(() -> {
                    Batches batches = new Batches(client);
                    batches.stop(List.of("hangs"), "ada");
                    return Flux.range(0, 20)
                            .concatMap(number -> {
                                batches.stop(List.of("t-" + number), "ada");
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

    private static TaskSummary task(String id) {
        return new TaskSummary(id, TaskState.of("processing"), null, null, null, null, null, null, null, null, null);
    }
}
