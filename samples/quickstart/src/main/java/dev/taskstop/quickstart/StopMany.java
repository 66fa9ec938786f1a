package dev.taskstop.quickstart;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskQuery;
import dev.taskstop.server.TaskServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Stops many tasks: the main command.
 *
 * <p>By default it starts the task server in this process, with 10,000 tasks in every state and a server that fails in
 * every way it knows, stops them all, and compares each result with the server's ledger. With {@code BLACKBOX_API_KEY}
 * in the environment (and {@code BLACKBOX_BASE_URL}) it counts the tasks of that key that are active, and stops them,
 * or those that the arguments name, only when told so.
 */
public final class StopMany {

    private static final int TASKS = 10_000;
    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final String ALL_ACTIVE = "--all-active";

    private StopMany() {}

    /**
     * Exits with 0 when every task has its result and each is true, with 1 when not, with 2 when it cannot begin.
     *
     * @param args ids of tasks, or {@code --all-active}, where there is a key in the environment
     */
    public static void main(String[] args) {
        System.exit(run(List.of(args), System.getenv("BLACKBOX_API_KEY")));
    }

    static int run(List<String> args, @Nullable String key) {
        boolean demo = key == null || key.isEmpty();
        try {
            check(args, demo);
            return demo ? stopDemoTasks() : stopTasks(args);
        } catch (IllegalArgumentException | TaskException e) {
            System.err.println(e.getMessage());
            return 2;
        }
    }

    /** Who names tasks is not to think that they were stopped. */
    private static void check(List<String> args, boolean demo) {
        if (demo && !args.isEmpty()) {
            throw new IllegalArgumentException(
                    "Nothing was stopped: arguments name tasks of a key, and BLACKBOX_API_KEY is not set.");
        }
        if (!args.equals(List.of(ALL_ACTIVE)) && args.stream().anyMatch(arg -> arg.startsWith("--"))) {
            throw new IllegalArgumentException(
                    "Nothing was stopped: it takes either ids of tasks or " + ALL_ACTIVE + " alone.");
        }
    }

    private static int stopDemoTasks() {
        try (TaskServer server = DemoTasks.startServer()) {
            DemoTasks tasks = DemoTasks.create(server, TASKS);
            System.out.printf("%,d tasks at %s, where requests fail on purpose%n", TASKS, server.baseUrl());
            TaskClient client = TaskClient.builder()
                    .baseUrl(server.baseUrl())
                    .apiKey(server.key())
                    .requestTimeout(Duration.ofSeconds(1))
                    .build();

            List<StopResult> results = new ArrayList<>(TASKS);
            run(client, client.stopAll(Flux.fromIterable(tasks.ids())).doOnNext(results::add), TASKS);

            return tasks.compare(results, System.out) ? 0 : 1;
        }
    }

    private static int stopTasks(List<String> args) {
        TaskClient client = TaskClient.fromEnv();
        if (args.isEmpty()) {
            long active = client.list(TaskQuery.active())
                    .count()
                    .blockOptional(PATIENCE)
                    .orElse(0L);
            System.err.printf(
                    "BLACKBOX_API_KEY is set, and %,d of its tasks are active. To stop them all, add"
                            + " -Dexec.args=--all-active; to stop some, their ids instead. Unset the variable to run on"
                            + " the embedded task server.%n",
                    active);
            return 2;
        }
        StopAllOptions options = StopAllOptions.defaults().withDeadline(DEADLINE);
        Flux<StopResult> stops = args.equals(List.of(ALL_ACTIVE))
                ? client.stopActive(TaskQuery.active(), options)
                : client.stopAll(Flux.fromIterable(args), options);
        StopSummary summary = run(client, stops, -1);
        return summary.failed() + summary.skipped() == 0 ? 0 : 1;
    }

    private static StopSummary run(TaskClient client, Flux<StopResult> stops, long count) {
        Mono<StopSummary> all = Mono.using(
                () -> progressBar(count),
                bar -> stops.doOnNext(result -> bar.step()).collect(StopSummary.collector()),
                ProgressBar::close);
        StopSummary summary = all.blockOptional(PATIENCE).orElseThrow();
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
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build();
    }
}
