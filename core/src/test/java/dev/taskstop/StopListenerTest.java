package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.silence;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class StopListenerTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final StubTransport server = new StubTransport();
    private final List<StopResult> results = new CopyOnWriteArrayList<>();
    private final List<StopSummary> summaries = new CopyOnWriteArrayList<>();
    private final TaskClient client = server.client()
            .stopListener(new StopListener() {
                @Override
                public void onResult(StopResult result) {
                    results.add(result);
                }

                @Override
                public void onBulkStopEnd(StopSummary summary) {
                    summaries.add(summary);
                }
            })
            .build();

    @Test
    void a_stop_alone_is_heard_of_before_its_subscriber_is() {
        StepVerifier.create(client.stop("t1")
                        .doOnNext(task -> assertThat(results).singleElement().isInstanceOf(Stopped.class)))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        assertThat(summaries).isEmpty();
    }

    @Test
    void a_failure_is_heard_of_as_a_result() {
        server.onStop(answer(401));

        StepVerifier.create(client.stop("t1")).expectError(TaskException.class).verify(LIMIT);

        assertThat(results).singleElement().isInstanceOf(Failed.class);
    }

    @Test
    void a_bulk_stop_is_heard_of_id_by_id_and_as_a_whole() {
        server.onStop("t2", answer(404));

        StepVerifier.create(client.stopAll(Flux.just("t1", "t2", "a/b")))
                .expectNextCount(3)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results).hasSize(3).hasAtLeastOneElementOfType(NotFound.class);
        assertThat(summaries).singleElement().satisfies(summary -> {
            assertThat(summary.stopped()).isOne();
            assertThat(summary.notFound()).isOne();
            assertThat(summary.failed()).isOne();
        });
    }

    @Test
    void a_stop_is_heard_of_before_it_is_confirmed() {
        server.onStatus(answer(403));

        StepVerifier.create(client.stopAll(
                        Flux.just("t1"), StopAllOptions.defaults().withConfirm(true)))
                .expectNextMatches(Failed.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(results).singleElement().isInstanceOf(Stopped.class);
    }

    @Test
    void a_bulk_stop_that_is_cancelled_is_heard_of_with_what_it_did() {
        server.onStop("t2", silence());

        StepVerifier.create(client.stopAll(Flux.just("t1", "t2")))
                .expectNextCount(1)
                .thenCancel()
                .verify(LIMIT);

        assertThat(results).hasSize(1);
        assertThat(summaries)
                .singleElement()
                .satisfies(summary -> assertThat(summary.total()).isOne());
    }

    @Test
    void a_listener_that_throws_changes_no_result() {
        List<StopResult> heardByTheNext = new CopyOnWriteArrayList<>();
        TaskClient other = server.client()
                .stopListener(new StopListener() {
                    @Override
                    public void onResult(StopResult result) {
                        throw new IllegalStateException("on purpose");
                    }

                    @Override
                    public void onBulkStopEnd(StopSummary summary) {
                        throw new IllegalStateException("on purpose");
                    }
                })
                .stopListener(new StopListener() {
                    @Override
                    public void onResult(StopResult result) {
                        heardByTheNext.add(result);
                    }
                })
                .build();

        Mono<StopSummary> summary = other.stopAll(Flux.just("t1", "t2")).collect(StopSummary.collector());

        StepVerifier.create(summary.map(StopSummary::stopped))
                .expectNext(2L)
                .expectComplete()
                .verify(LIMIT);
        assertThat(heardByTheNext).hasSize(2);
    }
}
