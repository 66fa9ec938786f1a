package dev.taskstop.cli;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
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

    @Option(names = "--filter", paramLabel = "KIND", description = "Only tasks, or only batch.")
    private @Nullable Kind filter;

    @Option(names = "--limit", paramLabel = "N", description = "So many at the most (default: all).")
    private @Nullable Long limit;

    @Option(names = "--json", description = "One JSON object a line instead of a table.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        long most = limit == null ? Long.MAX_VALUE : limit;
        if (most < 1) {
            throw new ParameterException(spec.commandLine(), "--limit takes a number from 1 up, not " + limit);
        }
        TaskClient client = connection.build(spec.commandLine());
        Function<TaskSummary, String> form = json ? ListCommand::object : ListCommand::row;
        try (Screen screen = new Screen();
                Stream<TaskSummary> tasks = client.list(query()).take(most).toStream(1)) {
            Iterator<TaskSummary> each = tasks.iterator();
            if (!each.hasNext()) {
                screen.message("There are no such tasks");
            } else if (!json) {
                screen.result(ROW.formatted("ID", "STATE", "PROGRESS", "CREATED", "AGENT"));
            }
            while (each.hasNext() && !screen.isBroken()) {
                screen.result(form.apply(each.next()));
            }
        } catch (UnsupportedOperationException e) {
            throw new ParameterException(spec.commandLine(), "--filter: " + e.getMessage(), e);
        }
        return Exit.OK;
    }

    private TaskQuery query() {
        TaskQuery query = status == null ? TaskQuery.all() : TaskQuery.all().withStatus(status);
        return filter == null ? query : query.withKind(filter.kind);
    }

    private static String row(TaskSummary task) {
        return Screen.printable(ROW.formatted(
                        task.taskId(),
                        task.state(),
                        task.progress() == null ? "-" : task.progress() + " %",
                        task.createdAt() == null ? "-" : task.createdAt().truncatedTo(ChronoUnit.SECONDS),
                        task.agent() == null ? "-" : task.agent())
                .replace('\n', ' '));
    }

    private static String object(TaskSummary task) {
        return Json.with("taskId", task.taskId())
                .and("state", task.state())
                .and("progress", task.progress())
                .and("agent", task.agent())
                .and("model", task.model())
                .and("repoUrl", task.repoUrl())
                .and("batchId", task.batchId())
                .and("prompt", task.prompt())
                .and("createdAt", task.createdAt())
                .and("updatedAt", task.updatedAt())
                .and("completedAt", task.completedAt())
                .line();
    }
}
