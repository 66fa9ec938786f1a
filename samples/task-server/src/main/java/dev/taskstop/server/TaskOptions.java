package dev.taskstop.server;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Option;

/** The command line's options about which tasks and users there are. */
final class TaskOptions {

    @Option(
            names = "--tasks",
            split = ",",
            paramLabel = "STATE=COUNT",
            description = "Tasks to start with: moving=COUNT for tasks that live by the clock, or pending, processing,"
                    + " saving, completed, error, stopped, timeout, interrupted for tasks that stay there.")
    private Map<String, Integer> tasks = Map.of("processing", 10);

    @Option(
            names = "--task",
            paramLabel = "ID=STATE",
            description = "One more task, with this id, that stays in this state. Repeatable.")
    private List<String> named = List.of();

    @Option(
            names = "--ids",
            defaultValue = "NANOID",
            description = "Ids of the tasks to start with: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private IdForm ids = IdForm.NANOID;

    @Option(
            names = "--user",
            paramLabel = "USER=KEY",
            description = "One more user, or another key of one. Repeatable.")
    private List<String> users = List.of();

    /** Adds users and the tasks that have names. */
    TaskServerOptions addTo(TaskServerOptions options) {
        TaskServerOptions changed = options;
        for (Map.Entry<String, List<String>> user : keysByUser().entrySet()) {
            changed = changed.withUser(user.getKey(), user.getValue().toArray(String[]::new));
        }
        for (String task : named) {
            int at = task.lastIndexOf('=');
            require(at > 0, "--task must be ID=STATE");
            changed = changed.withTask(task.substring(0, at), status("--task", task.substring(at + 1)));
        }
        return changed;
    }

    /** Creates the tasks that have none. */
    void createTasks(TaskServer server, Lifecycle moving) {
        tasks.forEach((state, count) -> {
            require(count >= 0, "--tasks: the count of " + state + " must not be negative: " + count);
            Lifecycle lifecycle = state.equals("moving") ? moving : Lifecycle.staysIn(status("--tasks", state));
            server.createTasks(TaskServerOptions.DEFAULT_USER, count, lifecycle, ids);
        });
    }

    private Map<String, List<String>> keysByUser() {
        Map<String, List<String>> keysByUser = new LinkedHashMap<>();
        for (String user : users) {
            int at = user.indexOf('=');
            require(at > 0, "--user must be USER=KEY");
            keysByUser
                    .computeIfAbsent(user.substring(0, at), id -> new ArrayList<>())
                    .add(user.substring(at + 1));
        }
        return keysByUser;
    }

    private static Status status(String option, String state) {
        try {
            return Status.valueOf(state.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": no such state: " + state);
        }
    }

    private static void require(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
