package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;

/** A batch ends once, and nothing of it is sent after that. */
class BulkStopEndTest {

    private static final int IDS = 50;

    private final StubTransport server = new StubTransport();
    private final Sinks.Empty<Void> answered = Sinks.empty();

    private static Flux<String> ids() {
        return Flux.fromIterable(Wire.ids(IDS));
    }

    /** Those that wait at the gate must have learnt of it before there is room for them. */
    @ParameterizedTest
    @ValueSource(ints = {401, 402})
    void a_dry_run_asks_for_nothing_more_once_its_key_is_refused(int status) {
        server.onStatus(
                (request, taskId) -> answered.asMono().then(answer(status).to(request, taskId)));
        List<StopResult> results = new ArrayList<>();
        server.client()
                .concurrency(1)
                .build()
                .stopAll(ids(), StopAllOptions.defaults().withDryRun(true).withConcurrency(IDS))
                .subscribe(results::add);

        answered.tryEmitEmpty().orThrow();

        assertThat(results).filteredOn(Failed.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(Skipped.class::isInstance).hasSize(IDS - 1);
        assertThat(server.requests).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_cancel_that_meets_the_end_is_no_second_end(boolean ordered) {
        AtomicInteger ends = new AtomicInteger();
        Disposable.Swap subscription = Disposables.swap();
        server.onStop((request, taskId) -> answered.asMono().then(stopped().to(request, taskId)));
        TaskClient client = server.client()
                .stopListener(new StopListener() {
                    @Override
                    public void onBulkStopEnd(StopSummary summary) {
                        ends.incrementAndGet();
                        subscription.dispose();
                    }
                })
                .build();
        subscription.update(client.stopAll(ids(), StopAllOptions.defaults().withOrdered(ordered))
                .subscribe());

        answered.tryEmitEmpty().orThrow();

        assertThat(ends).hasValue(1);
    }
}
