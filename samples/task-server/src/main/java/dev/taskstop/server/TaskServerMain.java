package dev.taskstop.server;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
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

/** The task server for a terminal. What its options are about is in one class each. */
@Command(
        name = "task-server",
        mixinStandardHelpOptions = true,
        versionProvider = TaskServerMain.Version.class,
        sortOptions = false,
        description = "Serves the task APIs, cloud and v1, on this machine until it is interrupted.")
public final class TaskServerMain implements Callable<Integer> {

    /** What its address comes behind. */
    static final String GREETING = "Task server at ";

    @Option(names = "--host", defaultValue = "127.0.0.1", description = "Address to listen on (${DEFAULT-VALUE}).")
    private String host = "";

    @Option(names = "--port", defaultValue = "8787", description = "Port, 0 for a free one (${DEFAULT-VALUE}).")
    private int port;

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

    @Option(names = "--fixed-answer", description = "Answer every stop with 200, whatever the id.")
    private boolean fixedAnswer;

    @Option(names = "--ledger", paramLabel = "FILE", description = "Write the ledger as JSON lines on exit.")
    private @Nullable Path ledger;

    @Option(
            names = "--journal",
            paramLabel = "FILE",
            description = "Keep what was stopped in this file, for a server that is killed and started again.")
    private @Nullable Path journal;

    @Option(
            names = "--access-log",
            paramLabel = "FILE",
            description = "Keep each request and each answer in this file.")
    private @Nullable Path accessLog;

    @Option(names = "--quiet", description = "Do not tell what clients do wrong.")
    private boolean quiet;

    @ArgGroup(validate = false, heading = "%nTasks and users:%n")
    private TaskOptions tasks = new TaskOptions();

    @ArgGroup(validate = false, heading = "%nHow tasks move:%n")
    private LifecycleOptions lifecycle = new LifecycleOptions();

    @ArgGroup(validate = false, heading = "%nWhere the documentation is silent:%n")
    private AnswerOptions answers = new AnswerOptions();

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

    /** The version is in the manifest of the jar. */
    static final class Version implements CommandLine.IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = TaskServerMain.class.getPackage().getImplementationVersion();
            return new String[] {"task-server " + (version == null ? "(not from its jar)" : version)};
        }
    }

    /**
     * Runs the server.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    /**
     * Starts a server in this process.
     *
     * @param args the options of the program, but for its ledger
     * @return the server, with its tasks; close it
     */
    public static TaskServer start(String... args) {
        CommandLine commandLine = commandLine();
        commandLine.parseArgs(args);
        TaskServerMain program = commandLine.getCommand();
        return program.start();
    }

    private TaskServer start() {
        return TaskServer.start(options(), server -> tasks.createTasks(server, lifecycle.toLifecycle()));
    }

    static CommandLine commandLine() {
        return new CommandLine(new TaskServerMain())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .registerConverter(Duration.class, new DurationText());
    }

    @Override
    public Integer call() {
        LogLevel.set(quiet);
        try (TaskServer server = start()) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(server)));
            out().println(greeting(server));
            server.onClose().block();
            return CommandLine.ExitCode.OK;
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command().commandLine(), String.valueOf(e.getMessage()));
        } catch (ChannelBindException e) {
            err().println("cannot listen on " + host + ":" + port + ": " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        } catch (UncheckedIOException e) {
            err().println("cannot open a file: " + e.getCause());
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
        return "%s%s for %s, try: curl -H 'Authorization: Bearer %s' %s/api/tasks"
                .formatted(GREETING, server.baseUrl(), TaskServerOptions.DEFAULT_USER, key, server.baseUrl());
    }

    private TaskServerOptions options() {
        TaskServerOptions options = TaskServerOptions.defaults()
                .withAddress(host, port)
                .withSeed(seed)
                .withLifecycle(lifecycle.toLifecycle())
                .withSandboxes(sandbox, sandboxGrace)
                .withFixedAnswer(fixedAnswer);
        options = tasks.addTo(options);
        options = faults.addTo(options);
        options = taskFaults.addTo(options);
        options = answers.addTo(options, faults.retryAfterWait());
        if (journal != null) {
            options = options.withJournal(journal);
        }
        if (accessLog != null) {
            options = options.withAccessLog(accessLog);
        }
        return tls == null ? options : options.withTls(tls.certificate, tls.key);
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
