package dev.taskstop.cli;

import dev.taskstop.AwaitOptions;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskOutcome;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code taskstop await}: waits for tasks, and stops them when that takes too long. */
@Command(
        name = "await",
        mixinStandardHelpOptions = true,
        versionProvider = Taskstop.Version.class,
        synopsisHeading = "%nUsage: ",
        sortOptions = false,
        header = "Waits until tasks have ended; with --timeout, stops those that take too long.",
        customSynopsis = {
            "taskstop await [OPTIONS] ID...",
            "       taskstop await [OPTIONS] - | --file=FILE",
            "       taskstop await [OPTIONS] --active [SELECTION]",
            ""
        },
        footer = {
            "",
            "Says of each task, as it ends, whether it finished by itself or was stopped; one",
            "that ends in the last moment is finished, not stopped. Ctrl-C ends the waiting and",
            "stops no task."
        },
        exitCodeListHeading = "%nExit codes (of several, the first of 3, 1, 4, 5 that fits):%n",
        exitCodeList = {
            "0:every task completed",
            "1:a task is not there or could not be asked for; it may still run",
            "3:the key was refused, or its account has to be paid for",
            "4:a task ended without completing: it failed, timed out, or somebody else stopped it",
            "5:a task was stopped after --timeout"
        })
final class AwaitCommand implements Callable<Integer> {

    /** So many are waited for at once; further ones begin as others end. */
    private static final int CONCURRENCY = 1024;

    @Mixin
    private IdOptions ids = new IdOptions();

    @Option(names = "--active", description = "Wait for every task of the key that is active now.")
    private boolean active;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Stop a task after this time, such as 90s, 5m, 1h30m; without it, wait for ever.")
    private @Nullable Duration timeout;

    @Option(names = "--json", description = "One JSON object a line instead of text.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nSelection, with --active: tasks for which all of this holds:%n")
    private SelectOptions selection = new SelectOptions();

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Interrupt interrupt = new Interrupt();
    private final AwaitTally tally = new AwaitTally();
    private final long begin = System.nanoTime();

    @Override
    public Integer call() throws IOException {
        CommandLine command = spec.commandLine();
        ids.check(command, active, selection);
        TaskQuery query = selection.applyTo(TaskQuery.active(), command);
        TaskClient client = connection.build(command);
        LongAdder taken = new LongAdder();
        Flux<String> each = (active
                        ? activeNow(client, query)
                        : ids.open().rest().subscribeOn(Schedulers.boundedElastic()))
                .doOnNext(id -> taken.increment());
        interrupt.install();
        try (Screen screen = new Screen()) {
            screen.each(ends(client, each).takeUntilOther(interrupt.wanted()), outcome -> take(outcome, screen));
            return report(screen, taken.sum());
        } catch (UnsupportedOperationException e) {
            throw SelectOptions.neverTold(e, command);
        }
    }

    /** The list is read as a whole first: while it is waited for what is in it, tasks would leave it. */
    private static Flux<String> activeNow(TaskClient client, TaskQuery query) {
        return client.list(query)
                .map(TaskSummary::taskId)
                .distinct()
                .collectList()
                .flatMapIterable(Function.identity());
    }

    private Flux<TaskOutcome> ends(TaskClient client, Flux<String> each) {
        AwaitOptions options = AwaitOptions.defaults();
        Flux<TaskOutcome> ends = timeout == null
                ? each.flatMap(id -> end(client, id), CONCURRENCY, 1)
                : client.awaitOrStopAll(each, timeout, options.withConcurrency(CONCURRENCY));
        return ends.takeUntil(AwaitTally::isAboutKey);
    }

    private static Mono<TaskOutcome> end(TaskClient client, String id) {
        return client.awaitDone(id)
                .<TaskOutcome>map(TaskOutcome.Finished::new)
                .onErrorResume(TaskException.class, failure -> Mono.just(new TaskOutcome.Failed(id, failure)));
    }

    private void take(TaskOutcome outcome, Screen screen) {
        tally.add(outcome);
        screen.result(json ? AwaitTally.json(outcome) : AwaitTally.text(outcome));
    }

    /** Whether the time of a task may have been up: then a stop may have been sent whose answer nobody waits for now. */
    private boolean mayHaveStopped() {
        return timeout != null && System.nanoTime() - begin >= timeout.toNanos();
    }

    private int report(Screen screen, long taken) {
        if (json) {
            screen.message("%s", tally.summary());
        } else if (!ids.isOne()) {
            screen.message("%s", tally);
        }
        if (interrupt.isWanted()) {
            long waiting = taken - tally.total();
            screen.alarm(
                    "%,d still waited for when this was ended; that stops no task%s",
                    waiting, mayHaveStopped() ? ", but those whose time was up may have been stopped" : "");
            return interrupt.exitCode();
        }
        tally.explain(screen);
        if (tally.total() == 0 && active) {
            screen.message("There are no such tasks");
            return Exit.OK;
        }
        if (tally.total() == 0 && !ids.isMissingAllowed()) {
            screen.alarm("There is no id in %s, so nothing was waited for", ids.origin());
            return Exit.FAILED;
        }
        return tally.exitCode(ids.isMissingAllowed());
    }
}
