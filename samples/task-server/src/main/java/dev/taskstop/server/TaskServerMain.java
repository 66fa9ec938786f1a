package dev.taskstop.server;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.netty.ChannelBindException;

/** The task server for a terminal. */
@Command(
        name = "task-server",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Serves the task APIs, cloud and v1, on this machine until it is interrupted.")
public final class TaskServerMain implements Callable<Integer> {

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on (${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", defaultValue = "8787", description = "Port, 0 for a free one (${DEFAULT-VALUE}).")
    private int port;

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

    @Option(names = "--seed", defaultValue = "1", description = "Seed of everything random (${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--sandbox",
            defaultValue = "SIMULATED",
            description = "What runs behind a task: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private SandboxKind sandbox = SandboxKind.SIMULATED;

    @Option(
            names = "--sandbox-grace",
            defaultValue = "2s",
            description = "Time from SIGTERM to the end by force (${DEFAULT-VALUE}).")
    private Duration sandboxGrace = Duration.ZERO;

    @Option(names = "--latency", defaultValue = "0s", description = "Delay of every request (${DEFAULT-VALUE}).")
    private Duration latency = Duration.ZERO;

    @Option(
            names = "--requests-per-second",
            defaultValue = "0",
            description = "Limit for each key, 0 for none (${DEFAULT-VALUE}).")
    private int requestsPerSecond;

    @Option(
            names = "--retry-after",
            defaultValue = "SECONDS",
            description = "How a 429 says when to come back: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private RetryAfterForm retryAfter = RetryAfterForm.SECONDS;

    @Option(
            names = "--error-form",
            defaultValue = "STRING",
            description = "Form of error bodies: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private ErrorForm errorForm = ErrorForm.STRING;

    @Option(
            names = "--ended-run",
            defaultValue = "BAD_REQUEST",
            description = "What v1 answers to who cancels a run that has ended: ${COMPLETION-CANDIDATES}"
                    + " (${DEFAULT-VALUE}).")
    private EndedRunAnswer endedRun = EndedRunAnswer.BAD_REQUEST;

    @Option(
            names = "--queued-run",
            defaultValue = "BAD_REQUEST",
            description = "What v1 answers to who cancels a run that is queued: ${COMPLETION-CANDIDATES}"
                    + " (${DEFAULT-VALUE}).")
    private QueuedRunAnswer queuedRun = QueuedRunAnswer.BAD_REQUEST;

    @Option(
            names = "--list-order",
            defaultValue = "NEWEST_FIRST",
            description = "Order of lists: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private ListOrder listOrder = ListOrder.NEWEST_FIRST;

    @Option(
            names = "--executions",
            defaultValue = "GET_TASK",
            description = "Form of agentExecutions: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private ExecutionForm executions = ExecutionForm.GET_TASK;

    @Option(
            names = "--create-error",
            defaultValue = "NONE",
            description = "What is wrong with who creates cloud tasks: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}).")
    private CreateError createError = CreateError.NONE;

    @Option(names = "--timeout-is-not-failed", description = "List tasks in timeout not among the failed ones.")
    private boolean timeoutIsNotFailed;

    @Option(
            names = "--log-error-after",
            paramLabel = "ENTRIES",
            description = "Break the cloud API's log streams after so many entries.")
    private @Nullable Integer logErrorAfter;

    @Option(names = "--fixed-answer", description = "ServerAnswer every stop with 200, whatever the id.")
    private boolean fixedAnswer;

    @Option(names = "--ledger", paramLabel = "FILE", description = "Write the ledger as JSON lines on exit.")
    private @Nullable Path ledger;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description = "Keep what was stopped in this file, for a server that is killed and started again.")
    private @Nullable Path journal;

    @Option(names = "--quiet", description = "Do not tell what clients do wrong.")
    private boolean quiet;

    @ArgGroup(validate = false, heading = "%nHow tasks move:%n")
    private LifecycleOptions lifecycle = new LifecycleOptions();

    @ArgGroup(validate = false, heading = "%nWhat goes wrong with requests:%n")
    private FaultOptions faults = new FaultOptions();

    @ArgGroup(validate = false, heading = "%nWhat goes wrong with tasks:%n")
    private TaskFaultOptions taskFaults = new TaskFaultOptions();

    @ArgGroup(validate = true, exclusive = false, heading = "%nTLS:%n")
    private @Nullable TlsOptions tls;

    @Spec
    private @Nullable CommandSpec spec;

    private TaskServerMain() {}

    static final class TlsOptions {
        @Option(names = "--tls-certificate", required = true, description = "Certificate chain (PEM).")
        private Path certificate = Path.of("");

        @Option(names = "--tls-key", required = true, description = "Private key (PKCS #8, PEM).")
        private Path key = Path.of("");
    }

    /**
     * Runs the server.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new TaskServerMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, TaskServerMain::duration);
    }

    @Override
    public Integer call() {
        LogLevel.set(quiet);
        try (TaskServer server = TaskServer.start(options())) {
            tasks.forEach((state, count) ->
                    server.createTasks(TaskServerOptions.DEFAULT_USER, count(state, count), lifecycle(state), ids));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(server)));
            out().println(greeting(server));
            server.onClose().block();
            return CommandLine.ExitCode.OK;
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        } catch (ChannelBindException e) {
            err().println("cannot listen on " + host + ":" + port + ": " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private void shutDown(TaskServer server) {
        server.close();
        if (ledger != null) {
            try {
                LedgerFile.write(server.ledger(), ledger);
            } catch (UncheckedIOException e) {
                err().println("cannot write the ledger: " + e.getMessage());
            }
        }
    }

    private static String greeting(TaskServer server) {
        String key = server.key().equals(TaskServerOptions.DEFAULT_KEY) ? TaskServerOptions.DEFAULT_KEY : "<your key>";
        return "Task server at %s for %s, try: curl -H 'Authorization: Bearer %s' %s/api/tasks"
                .formatted(server.baseUrl(), TaskServerOptions.DEFAULT_USER, key, server.baseUrl());
    }

    private TaskServerOptions options() {
        TaskServerOptions options = TaskServerOptions.defaults()
                .withAddress(host, port)
                .withSeed(seed)
                .withLifecycle(lifecycle.toLifecycle())
                .withSandboxes(sandbox, sandboxGrace)
                .withFaults(faults.toFaults())
                .withTaskFaults(taskFaults.toTaskFaults())
                .withTimesOfTasks(taskFaults.granularity, taskFaults.skew)
                .withErrorForm(errorForm)
                .withRequestsPerSecond(requestsPerSecond)
                .withRetryAfter(retryAfter, faults.retryAfterWait)
                .withLatency(latency)
                .withEndedRunAnswer(endedRun)
                .withQueuedRunAnswer(queuedRun)
                .withListOrder(listOrder)
                .withExecutionForm(executions)
                .withCreateError(createError)
                .withTimeoutIsFailed(!timeoutIsNotFailed)
                .withFixedAnswer(fixedAnswer);
        for (Map.Entry<String, List<String>> user : keysByUser().entrySet()) {
            options = options.withUser(user.getKey(), user.getValue().toArray(String[]::new));
        }
        if (faults.forbiddenAfter != null) {
            options = options.withForbiddenAfter(faults.forbiddenAfter);
        }
        for (String task : named) {
            int at = task.lastIndexOf('=');
            if (at < 1) {
                throw usage("--task must be ID=STATE");
            }
            options = options.withTask(task.substring(0, at), status("--task", task.substring(at + 1)));
        }
        if (logErrorAfter != null) {
            options = options.withLogErrorAfter(logErrorAfter);
        }
        if (journal != null) {
            options = options.withJournal(journal);
        }
        return tls == null ? options : options.withTls(tls.certificate, tls.key);
    }

    private Map<String, List<String>> keysByUser() {
        Map<String, List<String>> keysByUser = new LinkedHashMap<>();
        for (String user : users) {
            int at = user.indexOf('=');
            if (at < 1) {
                throw usage("--user must be USER=KEY");
            }
            keysByUser
                    .computeIfAbsent(user.substring(0, at), id -> new ArrayList<>())
                    .add(user.substring(at + 1));
        }
        return keysByUser;
    }

    private int count(String state, int count) {
        if (count < 0) {
            throw usage("--tasks: the count of " + state + " must not be negative: " + count);
        }
        return count;
    }

    private Lifecycle lifecycle(String state) {
        if (state.equals("moving")) {
            return lifecycle.toLifecycle();
        }
        return Lifecycle.staysIn(status("--tasks", state));
    }

    private Status status(String option, String state) {
        try {
            return Status.valueOf(state.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw usage(option + ": no such state: " + state);
        }
    }

    static Duration duration(String text) {
        try {
            if (text.startsWith("-")) {
                return duration(text.substring(1)).negated();
            }
            return text.endsWith("ms")
                    ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
                    : Duration.parse("PT" + text);
        } catch (DateTimeParseException | NumberFormatException e) {
            throw new CommandLine.TypeConversionException("'" + text + "' is not a duration such as 500ms, 1.5s or 2m");
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(command().commandLine(), String.valueOf(message));
    }

    private PrintWriter out() {
        return command().commandLine().getOut();
    }

    private PrintWriter err() {
        return command().commandLine().getErr();
    }

    private CommandSpec command() {
        return Objects.requireNonNull(spec);
    }
}
