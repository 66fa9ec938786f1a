package dev.taskstop.cli;

import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import java.time.Duration;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Hears each stop that gets its result, also where the results wait to come in the order of the ids. */
final class Answers implements StopListener {

    private final Sinks.Many<StopResult> heard = Sinks.many().multicast().directBestEffort();

    @Override
    public void onResult(StopResult result) {
        // One that gets lost because another comes in the same moment makes no difference.
        heard.tryEmitNext(result);
    }

    /** Completes when nothing has been heard for so long, however long that takes. */
    Mono<Void> silence(Duration length) {
        return heard.asFlux().timeout(length, Flux.empty()).then();
    }
}
