package dev.taskstop.server;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a task server behaves. Immutable: a {@code with…} method returns new options.
 *
 * <p>By default: a free port of the loopback interface, one user, tasks that complete after about half a minute,
 * simulated sandboxes, no faults, no rate limit.
 */
public final class TaskServerOptions extends OptionsForTrouble {

    /** The user that is always there. */
    public static final String DEFAULT_USER = "user@example.com";

    /** The key of the user that is always there. It opens nothing but this server. */
    public static final String DEFAULT_KEY = "bb_local_0000000000000000";

    // Changed only by with(), before the new options are seen by anybody.
    String host = "127.0.0.1";
    int port;
    long seed = 1;
    InstantSource clock = InstantSource.system();
    Map<String, List<String>> keysByUser = Map.of(DEFAULT_USER, List.of(DEFAULT_KEY));
    Map<String, Status> tasks = Map.of();
    Lifecycle lifecycle = Lifecycle.moving();
    SandboxKind sandboxKind = SandboxKind.SIMULATED;
    Duration sandboxGrace = Duration.ofSeconds(2);
    boolean fixedAnswer;

    @Nullable
    Path journal;

    @Nullable
    Path accessLog;

    @Nullable
    Path certificate;

    @Nullable
    Path privateKey;

    private TaskServerOptions() {}

    private TaskServerOptions(TaskServerOptions other) {
        super(other);
        host = other.host;
        port = other.port;
        seed = other.seed;
        clock = other.clock;
        keysByUser = other.keysByUser;
        tasks = other.tasks;
        lifecycle = other.lifecycle;
        sandboxKind = other.sandboxKind;
        sandboxGrace = other.sandboxGrace;
        fixedAnswer = other.fixedAnswer;
        journal = other.journal;
        accessLog = other.accessLog;
        certificate = other.certificate;
        privateKey = other.privateKey;
    }

    /**
     * The options to start from.
     *
     * @return the default options
     */
    public static TaskServerOptions defaults() {
        return new TaskServerOptions();
    }

    /**
     * Changes the address to listen on.
     *
     * @param host a host name or an address, by default 127.0.0.1
     * @param port the port, 0 for a free one
     * @return new options
     */
    public TaskServerOptions withAddress(String host, int port) {
        require(port >= 0 && port <= 65_535, "the port must be between 0 and 65535: " + port);
        return with(it -> {
            it.host = host;
            it.port = port;
        });
    }

    /**
     * Speaks TLS, and lets the client choose HTTP/2 or HTTP/1.1 by ALPN.
     *
     * @param certificate a file with the certificate chain (PEM)
     * @param privateKey a file with its private key (PKCS #8, PEM)
     * @return new options
     */
    public TaskServerOptions withTls(Path certificate, Path privateKey) {
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(privateKey, "privateKey");
        return with(it -> {
            it.certificate = certificate;
            it.privateKey = privateKey;
        });
    }

    /**
     * Adds a user, or gives a user other keys.
     *
     * @param userId the id, usually an e-mail address
     * @param keys one key or more, without blanks
     * @return new options
     */
    public TaskServerOptions withUser(String userId, String... keys) {
        require(!userId.isBlank(), "a user needs an id");
        require(keys.length > 0, "a user needs a key");
        for (String key : keys) {
            require(!key.isEmpty() && key.chars().allMatch(c -> c > ' ' && c < 127), "a key must be visible ASCII");
        }
        Map<String, List<String>> changed = new LinkedHashMap<>(keysByUser);
        changed.put(userId, List.of(keys));
        return with(it -> it.keysByUser = Map.copyOf(changed));
    }

    /**
     * Adds a task with an id of one's own choice to those of the default user. It stays in its status until it is stopped
     * or started again.
     *
     * @param id the id, for example one that stands in a page of documentation
     * @param status the status
     * @return new options
     */
    public TaskServerOptions withTask(String id, Status status) {
        require(!id.isEmpty() && id.indexOf('/') < 0, "an id is one segment of a path: '" + id + "'");
        Objects.requireNonNull(status, "status");
        Map<String, Status> changed = new LinkedHashMap<>(tasks);
        changed.put(id, status);
        return with(it -> it.tasks = Collections.unmodifiableMap(changed));
    }

    /**
     * Changes the seed of everything random: task ids, jitter, ends, faults.
     *
     * @param seed any number, by default 1
     * @return new options
     */
    public TaskServerOptions withSeed(long seed) {
        return with(it -> it.seed = seed);
    }

    /**
     * Changes the clock by which tasks move.
     *
     * @param clock the clock, by default the system's
     * @return new options
     */
    public TaskServerOptions withClock(InstantSource clock) {
        return with(it -> it.clock = clock);
    }

    /**
     * Changes how tasks move that are created over HTTP or started again by a follow-up message.
     *
     * @param lifecycle the lifecycle
     * @return new options
     */
    public TaskServerOptions withLifecycle(Lifecycle lifecycle) {
        return with(it -> it.lifecycle = lifecycle);
    }

    /**
     * Changes what runs behind a task.
     *
     * @param kind the kind, by default simulated
     * @param grace how long a process has to end after SIGTERM before it is ended by force
     * @return new options
     */
    public TaskServerOptions withSandboxes(SandboxKind kind, Duration grace) {
        Lifecycle.requireDuration("the grace", grace);
        return with(it -> {
            it.sandboxKind = kind;
            it.sandboxGrace = grace;
        });
    }

    /**
     * Answers every stop request with 200, whatever the id, for benchmarks: at once, or after the latency. Only the key
     * is checked; faults and rate limit do not apply, and the ledger only counts.
     *
     * @param fixedAnswer whether to do so, by default false
     * @return new options
     */
    public TaskServerOptions withFixedAnswer(boolean fixedAnswer) {
        return with(it -> it.fixedAnswer = fixedAnswer);
    }

    /**
     * Keeps what was stopped in a file, so that a server that is killed and started again, with the same seed and the
     * same tasks, still knows it.
     *
     * @param journal the file; read if it exists, and added to: a line for each stop that took effect, with the id, the
     *     number of the request for that task, the time in milliseconds since 1970, and the request's {@code User-Agent}
     * @return new options
     */
    public TaskServerOptions withJournal(Path journal) {
        Objects.requireNonNull(journal, "journal");
        return with(it -> it.journal = journal);
    }

    /**
     * Keeps requests and answers in a file, to be compared with what a client reports.
     *
     * @param accessLog the file, which is added to: a line for each request that comes, and one for each answer before it
     *     is sent, with the time in milliseconds since 1970, the route, the task's id, the HTTP status of the answer (0 for
     *     none, - for a request), the task's state that an answer to a stop or a question for the status tells, and the
     *     request's {@code User-Agent}; - for whatever there is not
     * @return new options
     */
    public TaskServerOptions withAccessLog(Path accessLog) {
        Objects.requireNonNull(accessLog, "accessLog");
        return with(it -> it.accessLog = accessLog);
    }

    @Override
    TaskServerOptions with(Consumer<TaskServerOptions> change) {
        TaskServerOptions copy = new TaskServerOptions(this);
        change.accept(copy);
        return copy;
    }
}
