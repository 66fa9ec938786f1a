package dev.taskstop.cli;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskLogEvent;
import dev.taskstop.TaskState;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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
            "and other control characters are left out, and the further lines of an entry are",
            "set in; --json has the messages as they are, escaped."
        })
final class LogsCommand implements Callable<Integer> {

    private static final String MARK = "--";
    private static final String SET_IN = "  ";
    private static final Pattern LINE_BREAK = Pattern.compile("\\R");

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
        if (id.isBlank()) {
            throw new ParameterException(spec.commandLine(), IdOptions.BLANK);
        }
        if (from < 0) {
            throw new ParameterException(spec.commandLine(), "--from takes a number from 0 up, not " + from);
        }
        TaskClient client = connection.build(spec.commandLine());
        try (Screen screen = new Screen()) {
            screen.each(client.logs(id, from), event -> show(event, screen));
        } catch (UnsupportedOperationException e) {
            throw new ParameterException(spec.commandLine(), "--dialect: " + e.getMessage(), e);
        }
        return Exit.OK;
    }

    private void show(TaskLogEvent event, Screen screen) {
        if (event instanceof TaskLogEvent.Log entry) {
            if (json) {
                screen.result(object(entry));
            } else {
                showText(entry.message() == null ? "" : entry.message(), screen);
            }
        } else if (event instanceof TaskLogEvent.StatusChanged change) {
            String error = change.error() == null ? "" : ": " + Printable.line(change.error());
            Json object =
                    Json.with("event", "status").and("state", change.state()).and("error", change.error());
            say(screen, object, change.state(), error);
        } else if (event instanceof TaskLogEvent.Complete end) {
            Json object = Json.with("event", "complete").and("state", end.state());
            say(screen, object, end.state(), " (the log is complete)");
        }
    }

    /** An entry cannot pass for another one, nor for what this program says. */
    private static void showText(String message, Screen screen) {
        String indent = "";
        for (String line : LINE_BREAK.split(message, -1)) {
            // As it is shown: what is not may stand before the mark.
            String shown = Printable.lineWithTabs(line);
            screen.result((shown.startsWith(MARK) ? SET_IN : indent) + shown);
            indent = SET_IN;
        }
    }

    private void say(Screen screen, Json object, TaskState state, String more) {
        if (json) {
            screen.result(object.line());
        } else {
            screen.message("%s %s%s", MARK, Printable.line(state), more);
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
