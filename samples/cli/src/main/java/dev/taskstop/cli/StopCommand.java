package dev.taskstop.cli;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskQuery;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.nio.charset.Charset;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
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
            "       taskstop stop [OPTIONS] --active [--filter=KIND] [--yes]",
            ""
        },
        footerHeading = "%nResults:%n",
        footer = {
            "  One line an id on standard output, as the stops end; messages and progress",
            "  go to standard error. On a terminal with a progress bar, only the lines",
            "  that somebody should look at.",
            "",
            "    stopped        it ran, and was stopped",
            "    already-ended  it had completed, failed or been stopped before",
            "    not-found      no such task for this key: mistyped? (no failure: exit 0)",
            "    failed         it may still run",
            "    skipped        nothing was sent",
            "",
            "@|bold Resume:|@",
            "  With --resume FILE the results come in the order of the ids, and FILE says",
            "  how far they are finished. The same command with the same ids goes on from",
            "  there, also after kill -9; what was in flight is asked again, which is safe.",
            "  Ids that failed are in FILE.failed and are tried again first. Ctrl-C stops",
            "  sending and waits up to 5 s for answers; a second one ends at once.",
            "  Remove FILE and FILE.failed to begin anew."
        })
final class StopCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    @Parameters(
            paramLabel = "ID",
            arity = "0..*",
            description = "Ids of tasks; - reads them from standard input, one a line.")
    private List<String> ids = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "Read the ids from this file, one a line.")
    private @Nullable Path file;

    @Option(names = "--active", description = "Stop every task of the key that is active; asks first.")
    private boolean active;

    @Option(names = "--filter", paramLabel = "KIND", description = "With --active: only tasks, or only batch.")
    private @Nullable Kind filter;

    @Option(
            names = {"-y", "--yes"},
            description = "With --active: do not ask.")
    private boolean yes;

    @Option(names = "--resume", paramLabel = "FILE", description = "Go on where an earlier run was; see below.")
    private @Nullable Path resume;

    @Option(names = "--dry-run", description = "Stop nothing, only say what would be stopped.")
    private boolean dryRun;

    @Option(names = "--confirm", description = "Count a stop when the status of the task says so too.")
    private boolean confirm;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "End after this time, such as 90s, 5m, 1h30m; what was not sent is skipped.")
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

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        checkUsage();
        TaskClientBuilder builder = connection.builder(spec.commandLine());
        ClientOptions.checked(spec.commandLine(), "--concurrency", () -> builder.concurrency(concurrency));
        Integer rate = rpm;
        if (rate != null) {
            ClientOptions.checked(spec.commandLine(), "--rpm", () -> builder.requestsPerMinute(rate));
        }
        TaskClient client = connection.build(spec.commandLine(), builder);
        try (Screen screen = new Screen()) {
            return active ? stopActive(client, screen) : stopIds(client, screen);
        }
    }

    private void checkUsage() {
        int sources = (ids.isEmpty() ? 0 : 1) + (file == null ? 0 : 1) + (active ? 1 : 0);
        require(sources > 0, "which tasks? Give their ids, -, --file FILE, or --active");
        require(sources == 1, "ids, --file and --active exclude each other");
        require(ids.size() <= 1 || !ids.contains(STANDARD_INPUT), "- for standard input stands alone");
        require(filter == null || active, "--filter goes with --active");
        require(
                resume == null || !active,
                "--resume goes with ids, - or --file; --active finds what is left by itself");
        require(resume == null || !dryRun, "--resume and --dry-run exclude each other");
        require(file == null || Files.isReadable(file), "--file takes a file that can be read: " + file);
        require(
                !active || yes || dryRun || Terminals.current().input(),
                "--active asks before it stops, and there is no terminal to ask at: add --yes");
    }

    private void require(boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private int stopIds(TaskClient client, Screen screen) throws IOException {
        IdReader input = input();
        if (resume == null) {
            return stop(client, screen, input.rest(), null);
        }
        try (Checkpoint checkpoint = Checkpoint.open(resume)) {
            return stop(client, screen, checkpoint.left(input), checkpoint);
        } catch (Checkpoint.WrongCheckpointException | FileSystemException e) {
            throw new ParameterException(spec.commandLine(), "--resume: " + Taskstop.messageOf(e), e);
        }
    }

    private int stop(TaskClient client, Screen screen, Flux<String> left, @Nullable Checkpoint checkpoint)
            throws IOException {
        if (file != null || ids.contains(STANDARD_INPUT)) {
            showProgress(screen, checkpoint == null ? 0 : checkpoint.finished(), countIds());
        }
        Interrupt interrupt = new Interrupt();
        LongAdder taken = new LongAdder();
        Flux<String> untilInterrupt = left.subscribeOn(Schedulers.boundedElastic())
                .doOnNext(id -> taken.increment())
                .takeUntilOther(interrupt.wanted());
        StopRun run = run(client, screen, interrupt, checkpoint);
        StopSummary summary = run.run(client.stopAll(untilInterrupt, options()));
        screen.close();
        Report.print(screen, summary, run, taken.sum() - summary.total());
        if (checkpoint != null) {
            Report.print(screen, checkpoint, run);
        }
        return run.exitCode();
    }

    private int stopActive(TaskClient client, Screen screen) throws IOException {
        TaskQuery query =
                filter == null ? TaskQuery.active() : TaskQuery.active().withKind(filter.kind);
        long count = client.list(query).count().blockOptional(PATIENCE).orElse(0L);
        if (count == 0) {
            screen.message("There are no such tasks");
            return Exit.OK;
        }
        if (!dryRun && !yes && !isAgreed(count)) {
            screen.message("Nothing was stopped");
            return Exit.FAILED;
        }
        showProgress(screen, 0, count);
        StopRun run = run(client, screen, new Interrupt(), null);
        StopSummary summary = run.run(client.stopActive(query, options()));
        screen.close();
        Report.print(screen, summary, run, 0);
        return run.exitCode();
    }

    private StopRun run(TaskClient client, Screen screen, Interrupt interrupt, @Nullable Checkpoint checkpoint) {
        interrupt.install();
        boolean showsAll =
                dryRun || !screen.showsProgress() || !Terminals.current().output();
        return new StopRun(client, screen, interrupt, json ? ResultForm::json : ResultForm::text, showsAll, checkpoint);
    }

    private StopAllOptions options() {
        StopAllOptions options = StopAllOptions.defaults()
                .withOrdered(resume != null)
                .withDryRun(dryRun)
                .withConfirm(confirm);
        return deadline == null ? options : options.withDeadline(deadline);
    }

    private IdReader input() throws IOException {
        if (file != null) {
            return new IdReader(Files.newInputStream(file));
        }
        return ids.contains(STANDARD_INPUT)
                ? new IdReader(System.in)
                : new IdReader(new StringReader(String.join("\n", ids)));
    }

    private void showProgress(Screen screen, long done, long max) {
        if (Terminals.current().error() && !connection.isVerbose()) {
            screen.showProgress(done, max);
        }
    }

    private long countIds() throws IOException {
        if (file == null || !Files.isRegularFile(file) || !Terminals.current().error()) {
            return -1;
        }
        IdReader reader = new IdReader(Files.newInputStream(file));
        long count = 0;
        while (reader.next() != null) {
            count++;
        }
        return count;
    }

    private static boolean isAgreed(long count) throws IOException {
        System.err.printf("Stop %,d active task%s? [y/N] ", count, count == 1 ? "" : "s");
        String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        return answer != null && answer.strip().matches("(?i)y(es)?");
    }
}
