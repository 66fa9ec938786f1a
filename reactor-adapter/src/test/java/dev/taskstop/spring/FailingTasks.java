package dev.taskstop.spring;

import dev.taskstop.StopResult;
import java.time.Duration;
import java.util.Set;
import reactor.core.publisher.Flux;

/** Tasks whose shutdown fails. */
final class FailingTasks extends UntrackedTasks {

    @Override
    public Flux<StopResult> shutdown(Duration grace) {
        return Flux.error(new IllegalStateException("on purpose"));
    }

    @Override
    public Set<String> taskIds() {
        return Set.of("t1");
    }
}
