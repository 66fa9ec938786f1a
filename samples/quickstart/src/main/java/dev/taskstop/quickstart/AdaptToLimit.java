package dev.taskstop.quickstart;

import dev.taskstop.GateState;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.server.LedgerTotals;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.List;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** Stops 2,000 tasks on a server that allows 50 requests a second: the client finds out how much it may ask at once. */
public final class AdaptToLimit {

    private static final int TASKS = 2_000;
    private static final int REQUESTS_PER_SECOND = 50;
    private static final int SECONDS_TO_ADAPT = 2;
    private static final double MAX_REFUSED = 0.10;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final TaskServer server;
    private final TaskClient client;
    private Seen before = new Seen(0, 0);
    private volatile Seen adapted = before;

    private AdaptToLimit(TaskServer server) {
        this.server = server;
        this.client = TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(server.key())
                .build();
    }

    /** Exits with 0 when every task was stopped and, once adapted, less than 10 % of the requests were refused. */
    public static void main(String[] args) {
        TaskServerOptions options = TaskServerOptions.defaults().withRequestsPerSecond(REQUESTS_PER_SECOND);
        boolean holds;
        try (TaskServer server = TaskServer.start(options)) {
            holds = new AdaptToLimit(server).run();
        }
        System.exit(holds ? 0 : 1);
    }

    private boolean run() {
        List<String> ids = server.createTasks(TASKS, Lifecycle.staysIn(Status.PROCESSING));
        System.out.printf("%,d tasks, %d requests a second allowed%n", TASKS, REQUESTS_PER_SECOND);
        System.out.println("second  limit  in flight  waiting  requests  429s");
        Disposable table = Flux.interval(Duration.ofSeconds(1)).subscribe(second -> printRow(second + 1));
        StopSummary summary = client.stopAll(Flux.fromIterable(ids))
                .collect(StopSummary.collector())
                .blockOptional(PATIENCE)
                .orElseThrow();
        table.dispose();
        client.closeAsync().block(PATIENCE);
        System.out.println(summary);
        Seen all = seen();
        Seen later = all.since(adapted);
        System.out.printf("%,d requests, %,d of them refused%n", all.requests, all.refused);
        System.out.printf(
                "after %d seconds: %,d requests, %,d of them refused, that is %.1f %%%n",
                SECONDS_TO_ADAPT, later.requests, later.refused, 100 * later.refusedShare());
        return summary.stopped() == TASKS && later.refusedShare() < MAX_REFUSED;
    }

    private void printRow(long second) {
        GateState gate = client.gateState();
        Seen now = seen();
        Seen lately = now.since(before);
        before = now;
        if (second == SECONDS_TO_ADAPT) {
            adapted = now;
        }
        System.out.printf(
                "%6d %6d %10d %8d %9d %5d%n",
                second, gate.limit(), gate.inFlight(), gate.waiting(), lately.requests, lately.refused);
    }

    private Seen seen() {
        LedgerTotals totals = server.ledger().totals();
        long refused = totals.answers().values().stream()
                .mapToLong(byStatus -> byStatus.getOrDefault(429, 0L))
                .sum();
        return new Seen(totals.requests(), refused);
    }

    /** How many requests the server saw, and answered with 429. */
    private record Seen(long requests, long refused) {

        Seen since(Seen earlier) {
            return new Seen(requests - earlier.requests, refused - earlier.refused);
        }

        double refusedShare() {
            return requests == 0 ? 0 : (double) refused / requests;
        }
    }
}
