package dev.taskstop.cli;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code taskstop list}: shows the tasks of the key. */
@Command(
        name = "list",
        mixinStandardHelpOptions = true,
        versionProvider = Taskstop.Version.class,
        synopsisHeading = "%nUsage: ",
        sortOptions = false,
        header = "Lists tasks, a line each; with --json, all that is known of them.")
final class ListCommand implements Callable<Integer> {

    private static final String ROW = "%-24s %-11s %8s  %-20s %s";

    @Option(
            names = "--status",
            paramLabel = "STATUS",
            description = "Only these: ${COMPLETION-CANDIDATES} (in any case; default: all).")
    private TaskQuery.@Nullable Status status;

    @Option(names = "--limit", paramLabel = "N", description = "So many at the most (default: all).")
    private @Nullable Long limit;

    @Option(names = "--json", description = "One JSON object a line instead of a table.")
    private boolean json;

    @Option(names = "--ids", description = "Only the ids, one a line, for 'taskstop stop -'.")
    private boolean idsOnly;

    @ArgGroup(validate = false, heading = "%nSelection, only tasks for which all of this holds:%n")
    private SelectOptions selection = new SelectOptions();

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private long shown;
    private long unreadable;

    @Override
    public Integer call() {
        long most = limit == null ? Long.MAX_VALUE : limit;
        if (most < 1) {
            throw new ParameterException(spec.commandLine(), "--limit takes a number from 1 up, not " + limit);
        }
        if (json && idsOnly) {
            throw new ParameterException(spec.commandLine(), "--json and --ids exclude each other");
        }
        TaskQuery query = query();
        TaskClient client = connection.build(spec.commandLine());
        try (Screen screen = new Screen()) {
            screen.each(client.list(query).take(most), task -> show(task, screen));
            if (shown == 0) {
                screen.message("There are no such tasks");
            }
            if (unreadable > 0) {
                screen.alarm("%,d tasks left out: their ids cannot be read back from a list", unreadable);
            }
        } catch (UnsupportedOperationException e) {
            throw SelectOptions.neverTold(e, spec.commandLine());
        }
        return unreadable == 0 ? Exit.OK : Exit.FAILED;
    }

    private void show(TaskSummary task, Screen screen) {
        shown++;
        if (json) {
            screen.result(object(task));
        } else if (!idsOnly) {
            if (shown == 1) {
                screen.result(ROW.formatted("ID", "STATE", "PROGRESS", "CREATED", "AGENT"));
            }
            screen.result(row(task));
        } else if (IdReader.isReadBack(task.taskId())) {
            screen.result(task.taskId());
        } else {
            unreadable++;
        }
    }

    private TaskQuery query() {
        TaskQuery query = status == null ? TaskQuery.all() : TaskQuery.all().withStatus(status);
        return selection.applyTo(query, spec.commandLine());
    }

    private static String row(TaskSummary task) {
        return ROW.formatted(
                Printable.line(task.taskId()),
                Printable.line(task.state()),
                task.progress() == null ? "-" : task.progress() + " %",
                task.createdAt() == null ? "-" : task.createdAt().truncatedTo(ChronoUnit.SECONDS),
                task.agent() == null ? "-" : Printable.line(task.agent()));
    }

    private static String object(TaskSummary task) {
        return Json.with("taskId", task.taskId())
                .and("state", task.state())
                .and("progress", task.progress())
                .and("agent", task.agent())
                .and("model", task.model())
                .and("repoUrl", task.repoUrl())
                .and("branch", task.branch())
                .and("batchId", task.batchId())
                .and("chatId", task.chatId())
                .and("creator", task.creatorName())
                .and("prompt", task.prompt())
                .and("createdAt", task.createdAt())
                .and("startedAt", task.startedAt())
                .and("updatedAt", task.updatedAt())
                .and("completedAt", task.completedAt())
                .line();
    }
}
