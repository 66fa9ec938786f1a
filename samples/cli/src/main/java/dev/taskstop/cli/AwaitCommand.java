package dev.taskstop.cli;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskOutcome;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Mono;

/** {@code taskstop await}: waits for a task, and stops it when that takes too long. */
@Command(
        name = "await",
        mixinStandardHelpOptions = true,
        versionProvider = Taskstop.Version.class,
        synopsisHeading = "%nUsage: ",
        sortOptions = false,
        header = "Waits until a task has ended; with --timeout, stops it when that takes too long.",
        footer = {
            "",
            "Says whether the task finished by itself or was stopped, and exits with 0 either",
            "way; a task that ends in the last moment is finished, not stopped. Ctrl-C ends the",
            "waiting and stops no task."
        })
final class AwaitCommand implements Callable<Integer> {

    @Parameters(paramLabel = "ID", description = "Id of the task.")
    private String id = "";

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Stop the task after this time, such as 90s, 5m, 1h30m; without it, wait for ever.")
    private @Nullable Duration timeout;

    @Option(names = "--json", description = "A JSON object instead of text.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        TaskClient client = connection.build(spec.commandLine());
        Mono<TaskOutcome> end =
                timeout == null ? client.awaitDone(id).map(TaskOutcome.Finished::new) : client.awaitOrStop(id, timeout);
        TaskOutcome outcome = end.blockOptional().orElseThrow();
        try (Screen screen = new Screen()) {
            boolean stopped = outcome instanceof TaskOutcome.Stopped;
            String state = outcome instanceof TaskOutcome.Finished finished
                    ? finished.status().state().raw()
                    : "stopped";
            String word = stopped ? "stopped" : "finished";
            screen.result(
                    json
                            ? Json.with("taskId", id)
                                    .and("outcome", word)
                                    .and("state", state)
                                    .line()
                            : Screen.printable(id + " " + word + (stopped ? "" : " (" + state + ")")));
        }
        return Exit.OK;
    }
}
