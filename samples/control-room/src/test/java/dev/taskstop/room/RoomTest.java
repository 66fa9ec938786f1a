package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.GateState;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskState;
import dev.taskstop.TaskSummary;
import dev.taskstop.room.Room.View;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class RoomTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final RoomProperties PROPERTIES =
            new RoomProperties("ada", null, Map.of(), Duration.ofSeconds(2), 3, 5, Path.of("unused"));

    private final TaskClient client = mock();
    private final Audit audit = mock();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicReference<Flux<TaskSummary>> list = new AtomicReference<>(tasks(2));

    @BeforeEach
    void client() {
        when(audit.problem()).thenReturn("");
        when(client.gateState()).thenReturn(new GateState(0, 0, 8, 0, Duration.ZERO));
        when(client.list(any()))
                .thenAnswer(call -> Flux.defer(() -> {
                    reads.incrementAndGet();
                    return list.get();
                }));
    }

    private Room room() {
        return new Room(client, new Batches(client, audit), audit, PROPERTIES, mock());
    }

    @Test
    void nothing_is_read_while_nobody_watches_and_once_for_all_who_do() {
        StepVerifier.withVirtualTime(() -> {
                    Room room = room();
                    assertThat(reads).hasValue(0);
                    Disposable one = room.views(Filter.ALL).subscribe();
                    Disposable two = room.views(Filter.ALL).subscribe();
                    return Flux.interval(Duration.ofSeconds(1))
                            .take(2)
                            .doOnNext(tick -> assertThat(room.watchers()).isEqualTo(2))
                            .doOnComplete(() -> {
                                one.dispose();
                                two.dispose();
                                assertThat(room.watchers()).isZero();
                            });
                })
                .thenAwait(Duration.ofMinutes(10))
                .expectNextCount(2)
                .expectComplete()
                .verify(LIMIT);
        assertThat(reads.get()).isBetween(1, 2);
    }

    @Test
    void who_takes_slowly_gets_the_newest_and_holds_nobody_up() {
        AtomicInteger inFlight = new AtomicInteger();
        when(client.gateState()).thenAnswer(call -> gate(inFlight.get()));
        StepVerifier.withVirtualTime(
                        () -> room().views(Filter.ALL).map(view -> view.gate().inFlight()), 1)
                .thenAwait(Duration.ofMillis(10))
                .expectNext(0)
                .then(() -> inFlight.set(1))
                .thenAwait(Duration.ofSeconds(1))
                .then(() -> inFlight.set(2))
                .thenAwait(Duration.ofSeconds(1))
                .thenRequest(1)
                .expectNext(2)
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void the_rows_stay_while_the_list_cannot_be_read() {
        List<View> seen = new ArrayList<>();
        StepVerifier.withVirtualTime(
                        () -> room().views(Filter.ALL).doOnNext(seen::add).take(Duration.ofSeconds(3)))
                .thenAwait(Duration.ofMillis(500))
                .then(() -> list.set(unreachable()))
                .thenAwait(Duration.ofSeconds(5))
                .thenConsumeWhile(view -> true)
                .expectComplete()
                .verify(LIMIT);
        View last = seen.get(seen.size() - 1);
        assertThat(last.tasks().rows()).hasSize(2);
        assertThat(last.problem()).startsWith("The list of tasks cannot be read: GET /api/tasks");
    }

    @Test
    void a_filter_that_the_api_cannot_answer_selects_nothing_and_says_why() {
        list.set(
                Flux.error(new UnsupportedOperationException("The lists of the Agent API v1 tell no agent of a task")));
        StepVerifier.withVirtualTime(() -> room().views(Filter.ALL).next())
                .thenAwait(Duration.ofSeconds(1))
                .assertNext(view -> {
                    assertThat(view.tasks().rows()).isEmpty();
                    assertThat(view.problem())
                            .isEqualTo("Nothing is selected: The lists of the Agent API v1 tell no agent of a task.");
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void who_filters_alike_shares_one_list_whatever_the_order_and_others_have_their_own() {
        StepVerifier.withVirtualTime(() -> {
                    Room room = room();
                    Disposable.Composite watching = Disposables.composite();
                    Stream.of("agent=claude", "agent=claude&sort=newest", "agent=codex", "")
                            .map(FilterTest::filter)
                            .forEach(filter -> watching.add(room.views(filter).subscribe()));
                    return Mono.delay(Duration.ofSeconds(1))
                            .doOnNext(tick -> watching.dispose())
                            .map(tick -> reads.get());
                })
                .thenAwait(Duration.ofSeconds(1))
                .expectNext(3)
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"repo=shop", "agent=a&agent=b", "older=abc", "sort=size", "text=t&sort=size"})
    void an_address_that_cannot_be_understood_shares_no_list_with_one_that_can(String query) {
        Filter wrong = FilterTest.filter(query);
        for (List<Filter> order : List.of(List.of(wrong, Filter.ALL), List.of(Filter.ALL, wrong))) {
            StepVerifier.withVirtualTime(() -> {
                        Room room = room();
                        return Flux.fromIterable(order)
                                .flatMap(filter -> room.views(filter)
                                        .map(view -> filter.equals(wrong) + " "
                                                + view.tasks().rows().size() + " "
                                                + room.wholeList(filter).map(List::size))
                                        .take(Duration.ofSeconds(1))
                                        .last());
                    })
                    .thenAwait(Duration.ofSeconds(2))
                    .recordWith(ArrayList::new)
                    .expectNextCount(2)
                    .consumeRecordedWith(seen ->
                            assertThat(seen).containsExactlyInAnyOrder("true 0 Optional[0]", "false 2 Optional[2]"))
                    .expectComplete()
                    .verify(LIMIT);
        }
    }

    @Test
    void a_view_tells_how_old_its_list_is_when_it_is_old() {
        StepVerifier.withVirtualTime(() -> room().views(Filter.ALL)
                        .doOnNext(view -> list.set(Flux.never()))
                        .map(View::late)
                        .take(Duration.ofSeconds(10)))
                .thenAwait(Duration.ofSeconds(11))
                .expectNext("", "6 s", "7 s", "8 s", "9 s")
                .thenConsumeWhile(late -> true)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void more_tasks_than_are_read_are_told_as_more() {
        list.set(tasks(10));
        StepVerifier.withVirtualTime(() -> room().views(Filter.ALL).next())
                .thenAwait(Duration.ofSeconds(1))
                .assertNext(view -> {
                    assertThat(view.tasks().rows()).hasSize(3);
                    assertThat(view.tasks().more()).isTrue();
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void views_end_when_the_application_does() {
        Room room = room();
        StepVerifier.create(room.views(Filter.ALL))
                .expectNextCount(1)
                .then(room::stop)
                .thenConsumeWhile(view -> true)
                .expectComplete()
                .verify(LIMIT);
        assertThat(room.isRunning()).isFalse();
    }

    @Test
    void a_list_that_does_not_come_is_told_by_its_age() {
        list.set(Flux.never());
        StepVerifier.withVirtualTime(() -> {
                    Room room = room();
                    Disposable watching = room.views(Filter.ALL).subscribe();
                    assertThat(room.delay(Filter.ALL)).isEmpty();
                    return Mono.delay(Duration.ofSeconds(17))
                            .map(tick -> room.delay(Filter.ALL))
                            .doFinally(signal -> watching.dispose());
                })
                .thenAwait(Duration.ofSeconds(17))
                .expectNext(Optional.of(Duration.ofSeconds(17)))
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    0 | 8 | 0    | 0    | Nothing is being sent.
                    8 | 8 | 0    | 0    | 8 of 8 requests on their way.
                    8 | 8 | 1234 | 0    | 8 of 8 requests on their way, 1,234 waiting.
                    2 | 3 | 5    | 0    | Slowed down because the server refuses or fails: at most 3 of 8 requests at once, 5 waiting.
                    0 | 3 | 5    | 1500 | The server asked for a pause: nothing is sent for 2 s.
                    """)
    void the_gate_is_told_in_one_plain_sentence(int inFlight, int limit, int waiting, int pause, String sentence) {
        GateState state = new GateState(inFlight, inFlight, limit, 8, waiting, Duration.ofMillis(pause));
        assertThat(Room.Gate.of(state).sentence()).isEqualTo(sentence);
    }

    private static GateState gate(int inFlight) {
        return new GateState(inFlight, inFlight, 8, 0, Duration.ZERO);
    }

    private static Flux<TaskSummary> tasks(int count) {
        return Flux.range(0, count)
                .map(i -> new TaskSummary(
                        "t-" + i,
                        TaskState.of("processing"),
                        50,
                        "prompt",
                        null,
                        null,
                        null,
                        null,
                        Instant.EPOCH,
                        null,
                        null));
    }

    private static Flux<TaskSummary> unreachable() {
        TaskException failure = mock(TaskResponseException.class);
        when(failure.getMessage()).thenReturn("GET /api/tasks answered 500");
        return Flux.error(failure);
    }
}
