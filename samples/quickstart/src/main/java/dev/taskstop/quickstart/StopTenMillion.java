package dev.taskstop.quickstart;

import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.TaskServerProcess;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** Stops ten million tasks in a small heap: what is in memory depends on the concurrency, not on the number of ids. */
public final class StopTenMillion {

    private static final Duration PATIENCE = Duration.ofHours(2);

    private static final int PRINT_EVERY = 500_000;

    private StopTenMillion() {}

    /**
     * Exits with 0 when each id was stopped and the server saw as many requests, with 1 when not, with 2 when the argument
     * is no such number.
     *
     * @param args how many ids, if not ten million
     */
    public static void main(String[] args) throws Exception {
        int count = (int) Arguments.number(args, 10_000_000, 1, Integer.MAX_VALUE);
        System.out.printf(
                "%,d ids, a heap of %,d MiB at the most%n",
                count, Runtime.getRuntime().maxMemory() >> 20);
        try (TaskServerProcess server = TaskServerProcess.start("--fixed-answer", "--tasks=processing=0")) {
            TaskClient client = TaskClient.builder()
                    .baseUrl(server.baseUrl())
                    .apiKey(TaskServerOptions.DEFAULT_KEY)
                    .http2PriorKnowledge()
                    .build();
            StopSummary summary = client.stopAll(Flux.range(0, count).map(i -> "task-" + i))
                    .index((index, result) -> {
                        if ((index + 1) % PRINT_EVERY == 0) {
                            print(index + 1);
                        }
                        return result;
                    })
                    .collect(StopSummary.collector())
                    .blockOptional(PATIENCE)
                    .orElseThrow();
            System.out.println(summary);
            System.out.printf("peak in flight %d%n", client.gateState().peakInFlight());
            client.closeAsync().block(PATIENCE);
            long seen = server.end().totals().patchRequests();
            System.out.printf("The server saw %,d stop requests.%n", seen);
            System.exit(summary.stopped() == count && seen == count ? 0 : 1);
        }
    }

    private static void print(long done) {
        System.out.printf("%,11d done, %5.1f MiB alive after the last collection%n", done, liveBytes() / 1048576.0);
    }

    private static long liveBytes() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getCollectionUsage)
                .mapToLong(MemoryUsage::getUsed)
                .sum();
    }
}
