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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class RoomTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final RoomProperties PROPERTIES = new RoomProperties("ada", null, Duration.ofSeconds(2), 3);

    private final TaskClient client = mock();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicReference<Flux<TaskSummary>> list = new AtomicReference<>(tasks(2));

    @BeforeEach
    void client() {
        when(client.gateState()).thenReturn(new GateState(0, 0, 8, 0, Duration.ZERO));
        when(client.list(any()))
                .thenAnswer(call -> Flux.defer(() -> {
                    reads.incrementAndGet();
                    return list.get();
                }));
    }

    private Room room() {
        return new Room(client, new Batches(client), PROPERTIES);
    }

    @Test
    void nothing_is_read_while_nobody_watches_and_once_for_all_who_do() {
        StepVerifier.withVirtualTime(() -> {
                    Room room = room();
                    assertThat(reads).hasValue(0);
                    Disposable one = room.views().subscribe();
                    Disposable two = room.views().subscribe();
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
                        () -> room().views().map(view -> view.gate().inFlight()), 1)
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
        StepVerifier.withVirtualTime(() -> room().views().doOnNext(seen::add).take(Duration.ofSeconds(3)))
                .thenAwait(Duration.ofMillis(500))
                .then(() -> list.set(unreachable()))
                .thenAwait(Duration.ofSeconds(5))
                .thenConsumeWhile(view -> true)
                .expectComplete()
                .verify(LIMIT);
        View last = seen.get(seen.size() - 1);
        assertThat(last.tasks().rows()).hasSize(2);
        assertThat(last.tasks().problem()).startsWith("GET /api/tasks");
    }

    @Test
    void more_tasks_than_are_read_are_told_as_more() {
        list.set(tasks(10));
        StepVerifier.withVirtualTime(() -> room().views().next())
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
        StepVerifier.create(room.views())
                .expectNextCount(1)
                .then(room::stop)
                .thenConsumeWhile(view -> true)
                .expectComplete()
                .verify(LIMIT);
        assertThat(room.isRunning()).isFalse();
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
