package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A client that is told how many requests a minute it may send; in virtual time. */
class RateTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final StubTransport server = new StubTransport();
    private final List<StopResult> results = new ArrayList<>();

    private Flux<String> ids(int count) {
        return Flux.range(0, count).map(i -> "t" + i);
    }

    private void stopAll(TaskClientBuilder builder, int count, Duration enough) {
        StepVerifier.withVirtualTime(() -> builder.scheduler(VirtualTimeScheduler.get())
                        .build()
                        .stopAll(ids(count))
                        .doOnNext(results::add))
                .thenAwait(enough)
                .expectNextCount(count)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_minute_has_as_many_requests_as_allowed_and_so_has_each_second() {
        StepVerifier.withVirtualTime(() -> server.client()
                        .requestsPerMinute(600)
                        .build()
                        .stopAll(ids(100_000))
                        .takeUntilOther(Flux.interval(Duration.ofSeconds(1))
                                .doOnNext(second -> assertThat(server.requests)
                                        .as("after %d s", second + 1)
                                        .hasSizeBetween((int) (second + 1) * 10 - 1, (int) (second + 1) * 10 + 2))
                                .skip(59)))
                .thenAwait(Duration.ofMinutes(1))
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests).hasSizeBetween(599, 601);
    }

    @Test
    void it_is_for_stops_and_questions_and_retries_together() {
        server.onStop(answer(500), stopped());

        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = server.client().requestsPerMinute(60).build();
                    return Flux.merge(client.status("t1"), client.stop("t2"), client.status("t3"));
                })
                .thenAwait(Duration.ofMillis(2_500))
                .then(() -> assertThat(server.requests).containsExactly("GET t1", "PATCH t2", "PATCH t2"))
                .thenAwait(Duration.ofMillis(1_000))
                .then(() -> assertThat(server.requests).hasSize(4).endsWith("GET t3"))
                .expectNextCount(3)
                .expectComplete()
                .verify(LIMIT);
    }

    /** One retry a second is due: that of t0 at 2 s, which spends the budget, and that of t1 at 3 s, which is not sent. */
    @Test
    void a_retry_that_the_budget_does_not_pay_takes_no_turn() {
        server.onStop("t0", answer(500)).onStop("t1", answer(500));

        StepVerifier.withVirtualTime(() -> server.client()
                        .scheduler(VirtualTimeScheduler.get())
                        .retry(StopRetry.defaults().withJitter(0).withBudget(1))
                        .requestsPerMinute(60)
                        .build()
                        .stopAll(ids(2).concatWith(
                                        Mono.delay(Duration.ofMillis(3_200)).thenReturn("t2"))))
                .thenAwait(Duration.ofMillis(3_200))
                .expectNextCount(3)
                .expectComplete()
                .verify(LIMIT);

        assertThat(server.requests).containsExactly("PATCH t0", "PATCH t1", "PATCH t0", "PATCH t2");
    }

    @Test
    void a_rate_that_is_much_lower_than_the_concurrency_lets_no_stop_wait_until_its_deadline() {
        stopAll(server.client().requestsPerMinute(10), 100, Duration.ofMinutes(10));

        assertThat(results).hasSize(100).allMatch(Stopped.class::isInstance);
    }

    @Test
    void a_rate_above_what_the_server_does_changes_nothing() {
        server.onStop(stopped().after(Duration.ofMillis(10)));

        stopAll(server.client().requestsPerMinute(6_000_000), 6_400, Duration.ofSeconds(2));

        assertThat(server.peak.get()).isEqualTo(64);
    }
}
