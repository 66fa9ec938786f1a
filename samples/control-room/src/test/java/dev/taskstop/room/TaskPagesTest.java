package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskLogEvent;
import dev.taskstop.TaskResponseException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The page of a task comes, whatever the server does. */
class TaskPagesTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final TaskClient client = mock();
    private final Room room = mock();

    @BeforeEach
    void nothing() {
        when(room.find(any())).thenReturn(TaskRow.unknown("t"));
        when(client.details(any())).thenReturn(Mono.never());
        when(client.logs(any())).thenReturn(Flux.never());
    }

    private Mono<Map<String, Object>> page() {
        return new TaskPages(client, room).of("t");
    }

    private static TaskLogEvent line(long index, String message) {
        return new TaskLogEvent.Log(index, null, null, message, null, null, null);
    }

    @Test
    void a_server_that_says_nothing_is_waited_for_so_long_and_no_longer() {
        StepVerifier.withVirtualTime(this::page)
                .expectSubscription()
                .expectNoEvent(Duration.ofSeconds(9))
                .thenAwait(Duration.ofSeconds(1))
                .assertNext(page -> {
                    assertThat(page.get("facts"))
                            .isEqualTo(Map.of("Not known", "The server has not answered yet. Load this page again."));
                    assertThat(page.get("log")).isEqualTo(List.of());
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_log_that_goes_on_and_on_is_shown_as_far_as_it_has_come() {
        when(client.logs(any()))
                .thenReturn(Flux.defer(
                        () -> Flux.interval(Duration.ofMillis(300)).map(index -> line(index, "line " + index))));
        StepVerifier.withVirtualTime(this::page)
                .thenAwait(Duration.ofSeconds(10))
                .assertNext(page -> assertThat(page.get("log"))
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .hasSizeBetween(14, 17)
                        .startsWith("line 0"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void of_a_long_log_the_newest_lines_are_shown_and_none_is_endless() {
        when(client.logs(any()))
                .thenReturn(Flux.range(0, 2_000).map(index -> line(index, index + " " + "x".repeat(60_000))));
        StepVerifier.withVirtualTime(this::page)
                .thenAwait(Duration.ofSeconds(10))
                .assertNext(page -> assertThat(page.get("log"))
                        .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                        .hasSize(500)
                        .allMatch(line -> line.length() == 2_000)
                        .last()
                        .asString()
                        .startsWith("1999 "))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void what_cannot_be_read_is_told_as_no_stop() {
        for (TaskResponseException.Reason reason : TaskResponseException.Reason.values()) {
            TaskResponseException failure = mock();
            when(failure.reason()).thenReturn(reason);
            when(failure.status()).thenReturn(403);
            assertThat(FailureSentence.what(failure)).doesNotContain("may not stop", "a stop waits");
        }
    }
}
