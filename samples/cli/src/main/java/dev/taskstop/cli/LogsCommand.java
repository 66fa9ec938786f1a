package dev.taskstop.cli;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskLogEvent;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code taskstop logs}: follows the log of a task. */
@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        versionProvider = Taskstop.Version.class,
        synopsisHeading = "%nUsage: ",
        sortOptions = false,
        header = "Follows the log of a task until the task ends.",
        footer = {
            "",
            "The log goes to standard output, the states of the task to standard error. Colours",
            "and other control characters are left out; --json has the messages as they are."
        })
final class LogsCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "Id of the task.")
    private String id = "";

    @Option(names = "--from", paramLabel = "N", description = "Begin with this entry, from 0 up (default 0).")
    private long from;

    @Option(names = "--json", description = "One JSON object a line instead of text.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        if (from < 0) {
            throw new ParameterException(spec.commandLine(), "--from takes a number from 0 up, not " + from);
        }
        TaskClient client = connection.build(spec.commandLine());
        try (Screen screen = new Screen();
                Stream<TaskLogEvent> events = client.logs(id, from).toStream(1)) {
            events.takeWhile(event -> !screen.isBroken()).forEach(event -> show(event, screen));
        } catch (UnsupportedOperationException e) {
            throw new ParameterException(spec.commandLine(), "--dialect: " + e.getMessage(), e);
        }
        return Exit.OK;
    }

    private void show(TaskLogEvent event, Screen screen) {
        if (event instanceof TaskLogEvent.Log entry) {
            String text = entry.message() == null ? "" : entry.message();
            screen.result(json ? object(entry) : Screen.printable(text));
        } else if (event instanceof TaskLogEvent.StatusChanged change) {
            String error = change.error() == null ? "" : ": " + change.error();
            say(screen, "status", change.state().raw(), Screen.printable(error));
        } else if (event instanceof TaskLogEvent.Complete end) {
            say(screen, "complete", end.state().raw(), " (the log is complete)");
        }
    }

    private void say(Screen screen, String event, String state, String more) {
        if (json) {
            screen.result(Json.with("event", event).and("state", state).line());
        } else {
            screen.message("-- %s%s", Screen.printable(state), more);
        }
    }

    private static String object(TaskLogEvent.Log entry) {
        return Json.with("event", "log")
                .and("index", entry.index())
                .and("level", entry.level())
                .and("contentType", entry.contentType())
                .and("message", entry.message())
                .and("agent", entry.agent())
                .and("step", entry.step())
                .and("timestamp", entry.timestamp())
                .line();
    }
}
