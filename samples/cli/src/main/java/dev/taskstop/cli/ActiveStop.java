package dev.taskstop.cli;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Stops what is active, each way to its exit code: at once, as far as was agreed to, one by one, or in rounds. */
final class ActiveStop {

    private final TaskClient client;
    private final Screen screen;
    private final Interrupt interrupt;
    private final Supplier<StopRun> runs;
    private final boolean json;

    /** @param runs gives the next bulk stop; from the first on, signals come to {@code interrupt} */
    ActiveStop(TaskClient client, Screen screen, Interrupt interrupt, Supplier<StopRun> runs, boolean json) {
        this.client = client;
        this.screen = screen;
        this.interrupt = interrupt;
        this.runs = runs;
        this.json = json;
    }

    /** Whatever matches; the list is read while its tasks are stopped. */
    int all(TaskQuery query, StopAllOptions options) {
        return stop(client.stopActive(query, options), options, Report.UNKNOWN);
    }

    /** These and no others. */
    int agreed(List<String> ids, StopAllOptions options) {
        Flux<String> untilInterrupt = Flux.fromIterable(ids).takeUntilOther(interrupt.wanted());
        return stop(client.stopAll(untilInterrupt, options), options, ids.size());
    }

    /** @param found how many tasks there are; {@link Report#UNKNOWN} when the list is still to be read */
    private int stop(Flux<StopResult> results, StopAllOptions options, long found) {
        StopRun run = runs.get();
        StopSummary summary = run.run(results, options);
        screen.close();
        if (summary.total() == 0 && run.exitCode() == Exit.OK) {
            screen.message("There are no such tasks");
            return Exit.OK;
        }
        long left = found == Report.UNKNOWN ? found : found - summary.total() + run.notSent();
        Report.print(screen, summary, run, new Report.Rest(0, run.isInterrupted() ? left : 0), json);
        return run.exitCode();
    }

    /** Asks about each, and stops it before the next question. */
    int oneByOne(Agreement agreement, StopAllOptions options) {
        StopRun run = runs.get();
        StopSummary summary =
                run.run(agreement.oneByOne(run, id -> run.each(client.stopAll(Mono.just(id), options))), options);
        if (summary.total() == 0 && !run.isOver()) {
            screen.message("Nothing was stopped");
            return Exit.FAILED;
        }
        Report.print(screen, summary, run, Report.Rest.NONE, json);
        return run.exitCode();
    }

    /**
     * Whatever matches, now and at each interval again, until an interrupt or until the key is refused. Rounds begin as
     * those of {@link TaskClient#sweep} do, but here each result is told, and on this thread, which may wait for whoever
     * reads the output.
     */
    int inRounds(TaskQuery query, Duration every, StopAllOptions options) {
        for (long number = 1; true; number++) {
            long begin = System.nanoTime();
            StopRun run = runs.get();
            StopSummary summary = run.run(client.stopActive(query, options), options);
            Report.Rest rest = new Report.Rest(0, run.isInterrupted() ? Report.UNKNOWN : 0);
            Report.printRound(screen, number, summary, run, rest, json);
            if (run.isInterrupted() || run.exitCode() == Exit.KEY_REFUSED) {
                return run.exitCode();
            }
            Duration left = every.minusNanos(System.nanoTime() - begin);
            if (!left.isNegative()) {
                Mono.delay(left).takeUntilOther(interrupt.wanted()).block();
            }
            if (interrupt.isWanted()) {
                return interrupt.exitCode();
            }
        }
    }
}
