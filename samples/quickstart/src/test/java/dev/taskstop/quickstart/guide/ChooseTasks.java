package dev.taskstop.quickstart.guide;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.Sweep;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** The chapter <em>Choose what to stop</em>. */
final class ChooseTasks {

    private static final Logger log = LoggerFactory.getLogger(ChooseTasks.class);

    private ChooseTasks() {}

    private static TaskQuery forgotten() {
        // begin query
        TaskQuery forgotten = TaskQuery.active()
                .withRepository("acme/web")
                .withAgent("claude")
                .olderThan(Duration.ofHours(6));
        // end
        return forgotten;
    }

    static Flux<StopResult> look(TaskClient client) {
        TaskQuery forgotten = forgotten();
        // begin dryRun
        Flux<StopResult> wouldBeStopped =
                client.stopActive(forgotten, StopAllOptions.defaults().withDryRun(true));
        // end
        return wouldBeStopped;
    }

    static Flux<StopResult> stopActive(TaskClient client) {
        TaskQuery forgotten = forgotten();
        // begin stopActive
        Flux<StopResult> stopped = client.stopActive(
                forgotten,
                StopAllOptions.defaults()
                        .withMax(100)
                        .withReason("forgotten for 6 hours")
                        .withConfirm(true));
        // end
        return stopped;
    }

    static TaskQuery superseded() {
        // begin superseded
        TaskQuery superseded = TaskQuery.active()
                .superseded(task -> task.repoUrl() == null || task.branch() == null
                        ? null // in no group: neither supersedes nor is superseded
                        : List.of(task.repoUrl(), task.branch()));
        // end
        return superseded;
    }

    static Disposable sweep(TaskClient client) {
        // begin sweep
        Flux<Sweep> sweeps = client.sweep(
                TaskQuery.active().olderThan(Duration.ofHours(6)),
                Duration.ofMinutes(5),
                StopAllOptions.defaults().withMax(500).withReason("older than 6 hours"));

        Disposable sweeping = sweeps.subscribe(
                sweep -> log.info("Round {}: {}", sweep.number(), sweep.isFailed() ? sweep.error() : sweep.summary()));
        // end
        return sweeping;
    }
}
