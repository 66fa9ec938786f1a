package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** Two instances of the service sweep the same tasks. */
class SweepTest {

    private static final int TASKS = 300;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String[] SWEEP = {
        "taskstop.concurrency=8",
        "taskstop.sweeps[0].name=forgotten",
        "taskstop.sweeps[0].every=1s",
        "taskstop.sweeps[0].repository=example/repo",
        "taskstop.sweeps[0].reason=nobody watches"
    };
    private static final Pattern ROUND = Pattern.compile(
            "Sweep forgotten, round \\d+: (\\d+) stopped \\(0 recovered\\), (\\d+) already ended, 0 not found, 0"
                    + " failed");

    @Test
    void no_task_is_reported_twice_as_stopped_and_a_round_that_sigterm_meets_is_finished() throws Exception {
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withLatency(Duration.ofMillis(100)));
                ServiceProcess first = ServiceProcess.start(server, SWEEP);
                ServiceProcess second = ServiceProcess.start(server, SWEEP)) {
            first.port();
            second.port();
            server.createTasks(TASKS, Lifecycle.staysIn(Status.PROCESSING));
            // A round takes more than three seconds: so many requests one after the other at each of eight places.
            await(() -> server.ledger().totals().patchRequests() > 50);

            first.terminate();
            List<String> firstLog = first.logAtEnd(30);
            await(() -> server.ledger().tasks().allMatch(task -> task.status() == Status.STOPPED));
            second.terminate();
            List<String> secondLog = second.logAtEnd(30);

            assertThat(firstLog).anyMatch(line -> line.contains("the round that is under way may take PT20S more"));
            assertThat(firstLog).noneMatch(line -> line.contains("cut off"));
            List<String> rounds = new ArrayList<>(rounds(firstLog));
            rounds.addAll(rounds(secondLog));
            assertThat(rounds).isNotEmpty();
            assertThat(rounds.stream().mapToInt(SweepTest::stopped).sum())
                    .as("%s", rounds)
                    .isEqualTo(TASKS);
            assertThat(server.ledger().tasks().mapToInt(LedgerEntry::effectiveRequest))
                    .hasSize(TASKS)
                    .allMatch(request -> request > 0);
        }
    }

    private static List<String> rounds(List<String> log) {
        return log.stream()
                .filter(line -> line.contains("Sweep forgotten, round "))
                .toList();
    }

    private static int stopped(String round) {
        Matcher told = ROUND.matcher(round);
        assertThat(told.find()).as(round).isTrue();
        return Integer.parseInt(told.group(1));
    }

    private static void await(BooleanSupplier condition) {
        Flux.interval(Duration.ofMillis(20))
                .filter(tick -> condition.getAsBoolean())
                .blockFirst(LIMIT);
    }
}
