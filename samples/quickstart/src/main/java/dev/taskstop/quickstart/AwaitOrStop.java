package dev.taskstop.quickstart;

import dev.taskstop.AwaitOptions;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskOutcome;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * Lets 10,000 tasks race against a time-out, in waves: each ends by itself within 50 ms before or after it. Whoever
 * wins, what is reported has to be what the server's ledger says.
 */
public final class AwaitOrStop {

    private static final int TASKS = 10_000;
    private static final int WAVES = 200;
    private static final Duration BETWEEN_WAVES = Duration.ofMillis(100);
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final double FIFTY_MILLIS = 0.01;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private AwaitOrStop() {}

    /**
     * Exits with 0 when every outcome is true, with 1 when not, with 2 when the argument is no number.
     *
     * @param args a seed, if not the time
     */
    public static void main(String[] args) {
        long seed = Arguments.number(args, System.nanoTime(), Long.MIN_VALUE, Long.MAX_VALUE);
        System.out.println("seed " + seed);
        Lifecycle endsAtTheTimeout = Lifecycle.moving()
                .withPendingFor(Duration.ZERO)
                .withProcessingFor(TIMEOUT)
                .withSavingFor(Duration.ZERO)
                .withJitter(FIFTY_MILLIS);
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withSeed(seed))) {
            TaskClient client = TaskClient.builder()
                    .baseUrl(server.baseUrl())
                    .apiKey(server.key())
                    .pollInterval(Duration.ofSeconds(2))
                    .build();
            List<TaskOutcome> outcomes = Flux.interval(BETWEEN_WAVES)
                    .take(WAVES)
                    .map(wave -> server.createTasks(TASKS / WAVES, endsAtTheTimeout))
                    .flatMap(
                            taskIds ->
                                    client.awaitOrStopAll(Flux.fromIterable(taskIds), TIMEOUT, AwaitOptions.defaults()),
                            WAVES)
                    .collectList()
                    .blockOptional(PATIENCE)
                    .orElseThrow();

            System.exit(areTrue(outcomes, server) ? 0 : 1);
        }
    }

    private static boolean areTrue(List<TaskOutcome> outcomes, TaskServer server) {
        long finished =
                outcomes.stream().filter(TaskOutcome.Finished.class::isInstance).count();
        long stopped =
                outcomes.stream().filter(TaskOutcome.Stopped.class::isInstance).count();
        List<TaskOutcome> untrue =
                outcomes.stream().filter(outcome -> !isTrue(outcome, server)).toList();
        System.out.printf(
                "%,d outcomes: %,d finished, %,d stopped, %,d failed; %,d stop requests; %,d against the ledger%n",
                outcomes.size(),
                finished,
                stopped,
                outcomes.size() - finished - stopped,
                server.ledger().totals().patchRequests(),
                untrue.size());
        untrue.stream().limit(5).forEach(outcome -> System.out.println("The ledger disagrees with " + outcome));
        return outcomes.size() == TASKS && untrue.isEmpty();
    }

    private static boolean isTrue(TaskOutcome outcome, TaskServer server) {
        boolean stopped = server.ledger().of(outcome.taskId()).effectiveRequest() > 0;
        return stopped ? outcome instanceof TaskOutcome.Stopped : outcome instanceof TaskOutcome.Finished;
    }
}
