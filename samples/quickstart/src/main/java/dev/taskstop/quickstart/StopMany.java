package dev.taskstop.quickstart;

import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.server.TaskServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stops many tasks: the main command.
 *
 * <p>By default it starts the task server in this process, with 10,000 tasks in every state and a server that fails in
 * every way it knows, stops them all, and compares each result with the server's ledger. With {@code BLACKBOX_API_KEY}
 * in the environment it stops the tasks that the arguments name instead, and nothing else.
 */
public final class StopMany {

    private static final int TASKS = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private StopMany() {}

    /**
     * Exits with 0 when every task has its result and each is true, with 1 when not, with 2 when it cannot begin.
     *
     * @param args ids of tasks, where there is a key in the environment
     */
    public static void main(String[] args) {
        int exitCode;
        try {
            exitCode = System.getenv("BLACKBOX_API_KEY") == null ? stopDemoTasks() : stopTasks(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            exitCode = 2;
        }
        System.exit(exitCode);
    }

    private static int stopDemoTasks() {
        try (TaskServer server = DemoTasks.startServer()) {
            DemoTasks tasks = DemoTasks.create(server, TASKS);
            System.out.printf("%,d tasks at %s, where requests fail on purpose%n", TASKS, server.baseUrl());
            // Who stops a task in the very second in which it ended cannot tell who ended it.
            Mono.delay(Duration.ofSeconds(2)).block(PATIENCE);
            TaskClient client = TaskClient.builder()
                    .baseUrl(server.baseUrl())
                    .apiKey(server.key())
                    .requestTimeout(Duration.ofSeconds(1))
                    .build();

            List<StopResult> results = new ArrayList<>(TASKS);
            stop(client, tasks.ids(), results::add);

            return tasks.compare(results, System.out) ? 0 : 1;
        }
    }

    private static int stopTasks(List<String> taskIds) {
        if (taskIds.isEmpty()) {
            System.err.println("BLACKBOX_API_KEY is set: name the tasks to stop as arguments (-Dexec.args=\"ID ID\"),"
                    + " or unset it to run on the embedded task server");
            return 2;
        }
        StopSummary summary = stop(TaskClient.fromEnv(), taskIds, result -> {});
        return summary.failed() + summary.skipped() == 0 ? 0 : 1;
    }

    private static StopSummary stop(TaskClient client, List<String> taskIds, Consumer<StopResult> onResult) {
        Mono<StopSummary> stops = Mono.using(
                () -> progressBar(taskIds.size()),
                bar -> client.stopAll(Flux.fromIterable(taskIds))
                        .doOnNext(onResult)
                        .doOnNext(result -> bar.step())
                        .collect(StopSummary.collector()),
                ProgressBar::close);
        StopSummary summary = stops.blockOptional(PATIENCE).orElseThrow();
        SummaryTable.print(System.out, summary, client.gateState());
        client.closeAsync().block(PATIENCE);
        return summary;
    }

    private static ProgressBar progressBar(long max) {
        return new ProgressBarBuilder()
                .setTaskName("Stopping")
                .setInitialMax(max)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .build();
    }
}
