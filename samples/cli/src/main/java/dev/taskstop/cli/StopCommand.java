package dev.taskstop.cli;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskQuery;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code taskstop stop}: stops the tasks that are named, listed or active. */
@Command(
        name = "stop",
        mixinStandardHelpOptions = true,
        versionProvider = Taskstop.Version.class,
        synopsisHeading = "%nUsage: ",
        sortOptions = false,
        header = "Stops tasks, and says of each what became of it.",
        customSynopsis = {
            "taskstop stop [OPTIONS] ID...",
            "       taskstop stop [OPTIONS] - | --file=FILE",
            "       taskstop stop [OPTIONS] --active [SELECTION] [--yes | -i] [--every=TIME]",
            ""
        },
        footerHeading = "%nResults:%n",
        footer = {
            "  One line an id on standard output, as the stops end; messages, progress and",
            "  the summary go to standard error. On a terminal with a progress bar, only",
            "  the lines that somebody should look at.",
            "",
            "    stopped        it ran, and was stopped",
            "    already-ended  it had completed, failed or been stopped before; perhaps",
            "                   because of the stop, where that is said",
            "    not-found      no such task for this key: mistyped? Exit 0 if others are",
            "                   found; if none is, or one has quotes or the like, exit 1,",
            "                   unless --allow-missing says that it is right",
            "    failed         it may still run",
            "    skipped        nothing was sent",
            "",
            "@|bold Resume:|@",
            "  With --resume FILE the results come in the order of the ids, and FILE says",
            "  how far they are finished. The same command with the same ids goes on from",
            "  there, also after kill -9; what was in flight is asked again, which is safe.",
            "  Ids that failed are in FILE.failed and are tried again first. Ctrl-C stops",
            "  sending and waits for answers, for each up to 5 s after the one before; a",
            "  second one ends at once. Remove FILE and FILE.failed to begin anew."
        })
final class StopCommand implements Callable<Integer> {

    /** How long the next id is waited for when nothing more is sent. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    @Mixin
    private IdOptions ids = new IdOptions();

    @Option(names = "--active", description = "Stop every task of the key that is active; asks first.")
    private boolean active;

    @Option(
            names = {"-y", "--yes"},
            description = "With --active: do not ask.")
    private boolean yes;

    @Option(
            names = {"-i", "--interactive"},
            description = "With --active: ask about each task, and stop it before the next question.")
    private boolean interactive;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            description = "With --active: now, and each time such as 5m again, until Ctrl-C.")
    private @Nullable Duration every;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "Stop so many at the most, with --every in each round; exit 1 if there are more.")
    private @Nullable Long max;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Why, for the summary and the log; the API takes none.")
    private @Nullable String reason;

    @Option(names = "--resume", paramLabel = "FILE", description = "Go on where an earlier run was; see below.")
    private @Nullable Path resume;

    @Option(names = "--dry-run", description = "Stop nothing, only say what would be stopped.")
    private boolean dryRun;

    @Option(names = "--confirm", description = "Count a stop when the status of the task says so too.")
    private boolean confirm;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "End after this time, such as 90s, 5m, 1h30m, or a round; what was not sent is skipped.")
    private @Nullable Duration deadline;

    @Option(
            names = "--concurrency",
            paramLabel = "N",
            description = "Requests in flight at once, 1 to 10000 (default 64).")
    private int concurrency = 64;

    @Option(
            names = "--rpm",
            paramLabel = "N",
            description = "Requests per minute at the most, 1 to 6000000 (default: what the server takes).")
    private @Nullable Integer rpm;

    @Option(names = "--json", description = "One JSON object a line instead of text.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nSelection, with --active: tasks for which all of this holds:%n")
    private SelectOptions selection = new SelectOptions();

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Answers answers = new Answers();
    private final Interrupt interrupt = new Interrupt();

    @Override
    public Integer call() throws IOException {
        checkUsage();
        StopAllOptions options = options();
        TaskQuery query = selection.applyTo(TaskQuery.active(), spec.commandLine());
        TaskClientBuilder builder = connection.builder(spec.commandLine()).stopListener(answers);
        ClientOptions.checked(spec.commandLine(), "--concurrency", () -> builder.concurrency(concurrency));
        Integer rate = rpm;
        if (rate != null) {
            ClientOptions.checked(spec.commandLine(), "--rpm", () -> builder.requestsPerMinute(rate));
        }
        TaskClient client = connection.build(spec.commandLine(), builder);
        try (Screen screen = new Screen()) {
            return active ? stopActive(client, screen, query, options) : stopIds(client, screen, options);
        } catch (UnsupportedOperationException e) {
            throw SelectOptions.neverTold(e, spec.commandLine());
        }
    }

    private void checkUsage() {
        ids.check(spec.commandLine(), active, selection);
        require(active || !interactive, "-i goes with --active");
        require(active || every == null, "--every goes with --active");
        require(
                !interactive || !(yes || dryRun || every != null || deadline != null),
                "-i excludes --yes, --dry-run, --every and --deadline");
        require(
                resume == null || !active,
                "--resume goes with ids, - or --file; --active finds what is left by itself");
        require(resume == null || !dryRun, "--resume and --dry-run exclude each other");
        for (Path file : resume == null ? List.<Path>of() : List.of(resume, Checkpoint.failuresOf(resume))) {
            require(
                    !ids.isReadFrom(file),
                    "--resume takes a file of its own, and the ids are read from it, or from its FILE.failed");
            require(
                    IdOptions.OUTPUT_DEVICES.stream().noneMatch(device -> SafeFiles.isSame(device, file)),
                    "--resume takes a file of its own, and the output goes to it, or to its FILE.failed");
        }
        require(
                !active || yes || dryRun || Terminals.current().asks(),
                interactive
                        ? "-i asks about each task, and there is no terminal to ask at"
                        : "--active asks before it stops, and there is no terminal to ask at: add --yes");
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private int stopIds(TaskClient client, Screen screen, StopAllOptions options) throws IOException {
        IdReader input = ids.open();
        if (resume == null) {
            return stop(client, screen, input, input.rest(), options, null);
        }
        Path file = resume;
        try (Checkpoint checkpoint = usable(() -> Checkpoint.open(file, ids.isMissingAllowed()))) {
            Flux<String> left = usable(() -> checkpoint.left(input));
            return stop(client, screen, input, left, options, checkpoint);
        }
    }

    /** A part of a checkpoint. What is wrong with it is wrong usage as long as nothing has been sent. */
    private interface Part<T> {
        T get() throws IOException;
    }

    private <T> T usable(Part<T> part) throws IOException {
        try {
            return part.get();
        } catch (Checkpoint.WrongCheckpointException | FileSystemException e) {
            throw new ParameterException(spec.commandLine(), "--resume: " + Taskstop.messageOf(e), e);
        }
    }

    private int stop(
            TaskClient client,
            Screen screen,
            IdReader input,
            Flux<String> left,
            StopAllOptions options,
            @Nullable Checkpoint checkpoint)
            throws IOException {
        if (ids.isRead()) {
            showProgress(screen, checkpoint == null ? 0 : checkpoint.finished(), ids::count);
        }
        LongAdder read = new LongAdder();
        LongAdder begun = new LongAdder();
        StopRun run = run(client, screen, ids.isMissingAllowed(), checkpoint);
        Flux<String> untilEnd = left.subscribeOn(Schedulers.boundedElastic())
                .doOnNext(id -> read.increment())
                .takeUntilOther(Mono.firstWithSignal(interrupt.wanted(), nobodyWaits(run, read)))
                .doOnNext(id -> begun.increment());
        StopSummary summary = run.run(client.stopAll(untilEnd, options), options);
        screen.close();
        long dropped = read.sum() - begun.sum();
        long notBegun = run.isInterrupted() && checkpoint == null ? notBegun(input, run, dropped) : 0;
        notBegun = run.isInputLeft() ? Report.UNKNOWN : notBegun;
        Report.print(screen, summary, run, new Report.Rest(begun.sum() - summary.total(), notBegun), json);
        if (summary.total() == 0 && run.isMissing() && !run.isInterrupted() && run.failure() == null) {
            screen.alarm("There is no id in %s, so nothing was stopped", ids.origin());
        }
        if (checkpoint != null) {
            Report.print(screen, checkpoint, run);
        }
        return run.exitCode();
    }

    /**
     * Completes when nothing more is sent and no id has come lately. Those that are there are still read, and told to be
     * skipped, but whoever may write more of them some day is not waited for.
     */
    private Mono<Void> nobodyWaits(StopRun run, LongAdder read) {
        long begin = System.nanoTime();
        Duration time = deadline;
        if (ids.isBounded()) {
            return Mono.never();
        }
        return Flux.interval(PATIENCE)
                .map(tick -> read.sum())
                .buffer(2, 1)
                .filter(counts -> counts.get(0).equals(counts.get(counts.size() - 1)))
                .filter(counts ->
                        run.sendsNothingMore() || (time != null && System.nanoTime() - begin > time.toNanos()))
                .next()
                .doOnNext(counts -> run.leaveInput())
                .then();
    }

    /**
     * Unknown where nobody can tell it without waiting, or what is left is no list of ids.
     *
     * @param dropped how many ids were read just as the interrupt came
     */
    private long notBegun(IdReader input, StopRun run, long dropped) {
        try {
            return ids.isBounded() ? run.notSent() + dropped + input.countRest() : Report.UNKNOWN;
        } catch (IOException e) {
            return Report.UNKNOWN;
        }
    }

    private int stopActive(TaskClient client, Screen screen, TaskQuery query, StopAllOptions options)
            throws IOException {
        ActiveStop stop = new ActiveStop(client, screen, interrupt, () -> run(client, screen, true, null), json);
        boolean asks = !yes && !dryRun;
        Agreement agreement = new Agreement(screen, interrupt, interactive, max == null ? Long.MAX_VALUE : max);
        if (asks) {
            agreement.find(client, query);
            if (agreement.isNothingFound() && every == null) {
                screen.message("There are no such tasks");
                return Exit.OK;
            }
            String then = every == null ? "" : " now, and every " + Durations.text(every) + " what matches then";
            if (!interactive && !agreement.isGiven(then)) {
                screen.message("Nothing was stopped");
                return Exit.FAILED;
            }
        }
        if (every != null) {
            return stop.inRounds(query, every, options);
        }
        if (interactive) {
            return stop.oneByOne(agreement, options);
        }
        showProgress(screen, 0, () -> asks ? agreement.ids().size() : -1);
        return asks ? stop.agreed(agreement.ids(), options) : stop.all(query, options);
    }

    private StopRun run(TaskClient client, Screen screen, boolean missingAllowed, @Nullable Checkpoint checkpoint) {
        interrupt.install();
        boolean showsAll =
                dryRun || !screen.showsProgress() || !Terminals.current().output();
        return new StopRun(
                client,
                answers,
                screen,
                interrupt,
                json ? ResultForm::json : ResultForm::text,
                showsAll,
                missingAllowed,
                checkpoint);
    }

    private StopAllOptions options() {
        StopAllOptions plain = StopAllOptions.defaults()
                .withOrdered(resume != null)
                .withDryRun(dryRun)
                .withConfirm(confirm);
        StopAllOptions options = with(plain, "--deadline", deadline, StopAllOptions::withDeadline);
        options = with(options, "--max", max, StopAllOptions::withMax);
        return with(options, "--reason", reason, StopAllOptions::withReason);
    }

    private <T> StopAllOptions with(
            StopAllOptions options,
            String name,
            @Nullable T value,
            BiFunction<StopAllOptions, T, StopAllOptions> change) {
        return value == null
                ? options
                : ClientOptions.checked(spec.commandLine(), name, () -> change.apply(options, value));
    }

    /** Looking through a file takes a moment, so only who sees the progress waits for it. */
    private interface Count {
        long get() throws IOException;
    }

    private void showProgress(Screen screen, long done, Count max) throws IOException {
        Terminals terminals = Terminals.current();
        if (terminals.error() && terminals.draws() && !connection.isVerbose()) {
            screen.showProgress("Stopping", done, max.get());
        }
    }
}
