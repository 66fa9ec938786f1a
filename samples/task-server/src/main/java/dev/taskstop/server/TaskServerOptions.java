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
public final class TaskServerOptions {

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
    Lifecycle lifecycle = Lifecycle.moving();
    SandboxKind sandboxKind = SandboxKind.SIMULATED;
    Duration sandboxGrace = Duration.ofSeconds(2);
    Faults faults = Faults.none();
    TaskFaults taskFaults = TaskFaults.none();
    Duration timeGranularity = Duration.ofMillis(1);
    Duration timeSkew = Duration.ZERO;
    int forbiddenAfter = -1;
    ErrorForm errorForm = ErrorForm.STRING;
    int requestsPerSecond;
    RetryAfterForm retryAfterForm = RetryAfterForm.SECONDS;
    Duration retryAfter = Duration.ofSeconds(1);
    Duration latency = Duration.ZERO;
    boolean fixedAnswer;
    EndedRunAnswer endedRunAnswer = EndedRunAnswer.BAD_REQUEST;
    QueuedRunAnswer queuedRunAnswer = QueuedRunAnswer.BAD_REQUEST;
    ListOrder listOrder = ListOrder.NEWEST_FIRST;
    ExecutionForm executionForm = ExecutionForm.GET_TASK;
    CreateError createError = CreateError.NONE;
    boolean timeoutIsFailed = true;
    int logErrorAfter = -1;
    Map<String, Status> tasks = Map.of();

    @Nullable
    Path journal;

    @Nullable
    Path certificate;

    @Nullable
    Path privateKey;

    private TaskServerOptions() {}

    private TaskServerOptions(TaskServerOptions other) {
        host = other.host;
        port = other.port;
        seed = other.seed;
        clock = other.clock;
        keysByUser = other.keysByUser;
        lifecycle = other.lifecycle;
        sandboxKind = other.sandboxKind;
        sandboxGrace = other.sandboxGrace;
        faults = other.faults;
        taskFaults = other.taskFaults;
        timeGranularity = other.timeGranularity;
        timeSkew = other.timeSkew;
        forbiddenAfter = other.forbiddenAfter;
        errorForm = other.errorForm;
        requestsPerSecond = other.requestsPerSecond;
        retryAfterForm = other.retryAfterForm;
        retryAfter = other.retryAfter;
        latency = other.latency;
        fixedAnswer = other.fixedAnswer;
        endedRunAnswer = other.endedRunAnswer;
        queuedRunAnswer = other.queuedRunAnswer;
        listOrder = other.listOrder;
        executionForm = other.executionForm;
        createError = other.createError;
        timeoutIsFailed = other.timeoutIsFailed;
        logErrorAfter = other.logErrorAfter;
        tasks = other.tasks;
        journal = other.journal;
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
        require(!grace.isNegative(), "the grace must not be negative: " + grace);
        return with(it -> {
            it.sandboxKind = kind;
            it.sandboxGrace = grace;
        });
    }

    /**
     * Changes what goes wrong with requests.
     *
     * @param faults the faults, by default none
     * @return new options
     */
    public TaskServerOptions withFaults(Faults faults) {
        return with(it -> it.faults = faults);
    }

    /**
     * Changes what goes wrong with tasks.
     *
     * @param faults the faults, by default none
     * @return new options
     */
    public TaskServerOptions withTaskFaults(TaskFaults faults) {
        return with(it -> it.taskFaults = faults);
    }

    /**
     * Lets the times in bodies, {@code completedAt} for example, come from a clock of their own. Nothing else does: not
     * the header {@code Date}, not the ledger, not the way tasks move.
     *
     * @param granularity what they are cut to, by default a millisecond
     * @param skew how far they are ahead of the server's clock; negative when they are behind
     * @return new options
     */
    public TaskServerOptions withTimesOfTasks(Duration granularity, Duration skew) {
        require(granularity.toMillis() >= 1, "the granularity of times must be a millisecond or more: " + granularity);
        return with(it -> {
            it.timeGranularity = granularity;
            it.timeSkew = skew;
        });
    }

    /**
     * Answers with 403, whatever is asked for, once a key has been used often enough: as when the plan of its owner
     * lapses.
     *
     * @param requests how many requests of a key are served before, 0 for none of them
     * @return new options
     */
    public TaskServerOptions withForbiddenAfter(int requests) {
        require(requests >= 0, "the number of requests must not be negative: " + requests);
        return with(it -> it.forbiddenAfter = requests);
    }

    /**
     * Changes the form of error bodies.
     *
     * @param form the form, by default a string
     * @return new options
     */
    public TaskServerOptions withErrorForm(ErrorForm form) {
        return with(it -> it.errorForm = form);
    }

    /**
     * Limits the requests of each key. Beyond the limit the answer is 429.
     *
     * @param requests requests per second, also the size of a burst; 0, the default, for no limit
     * @return new options
     */
    public TaskServerOptions withRequestsPerSecond(int requests) {
        require(requests >= 0, "the requests per second must not be negative: " + requests);
        return with(it -> it.requestsPerSecond = requests);
    }

    /**
     * Changes how a 429 says when to come back.
     *
     * @param form the form, by default whole seconds in the header {@code Retry-After}
     * @param faultWait the wait of {@link FaultKind#RATE_LIMITED}; the rate limit computes its own
     * @return new options
     */
    public TaskServerOptions withRetryAfter(RetryAfterForm form, Duration faultWait) {
        require(!faultWait.isNegative(), "the wait must not be negative: " + faultWait);
        return with(it -> {
            it.retryAfterForm = form;
            it.retryAfter = faultWait;
        });
    }

    /**
     * Delays every request that has a valid key, before anything is done about it.
     *
     * @param latency the delay, by default zero
     * @return new options
     */
    public TaskServerOptions withLatency(Duration latency) {
        require(!latency.isNegative(), "the latency must not be negative: " + latency);
        return with(it -> it.latency = latency);
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
     *     number of the request for that task, and the time in milliseconds since 1970
     * @return new options
     */
    public TaskServerOptions withJournal(Path journal) {
        Objects.requireNonNull(journal, "journal");
        return with(it -> it.journal = journal);
    }

    /**
     * Changes what the Agent API v1 answers to who cancels a run that has ended already.
     *
     * @param answer the answer, by default 400
     * @return new options
     */
    public TaskServerOptions withEndedRunAnswer(EndedRunAnswer answer) {
        Objects.requireNonNull(answer, "answer");
        return with(it -> it.endedRunAnswer = answer);
    }

    /**
     * Changes what the Agent API v1 answers to who cancels a run that is still queued.
     *
     * @param answer the answer, by default 400
     * @return new options
     */
    public TaskServerOptions withQueuedRunAnswer(QueuedRunAnswer answer) {
        Objects.requireNonNull(answer, "answer");
        return with(it -> it.queuedRunAnswer = answer);
    }

    /**
     * Changes the order of lists.
     *
     * @param order the order, by default the newest task first
     * @return new options
     */
    public TaskServerOptions withListOrder(ListOrder order) {
        Objects.requireNonNull(order, "order");
        return with(it -> it.listOrder = order);
    }

    /**
     * Changes the form of what the cloud API tells about each agent of a task.
     *
     * @param form the form, by default that of the page about getting a task
     * @return new options
     */
    public TaskServerOptions withExecutionForm(ExecutionForm form) {
        Objects.requireNonNull(form, "form");
        return with(it -> it.executionForm = form);
    }

    /**
     * Refuses whoever creates tasks of the cloud API.
     *
     * @param error what is wrong, by default nothing
     * @return new options
     */
    public TaskServerOptions withCreateError(CreateError error) {
        Objects.requireNonNull(error, "error");
        return with(it -> it.createError = error);
    }

    /**
     * Changes whether a list of the cloud API's failed tasks has those that took too long.
     *
     * @param timeoutIsFailed whether it has, by default true
     * @return new options
     */
    public TaskServerOptions withTimeoutIsFailed(boolean timeoutIsFailed) {
        return with(it -> it.timeoutIsFailed = timeoutIsFailed);
    }

    /**
     * Breaks the cloud API's log streams with an event that says so.
     *
     * @param entries how many entries of the log come before, 0 for none
     * @return new options
     */
    public TaskServerOptions withLogErrorAfter(int entries) {
        require(entries >= 0, "the number of entries must not be negative: " + entries);
        return with(it -> it.logErrorAfter = entries);
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

    private TaskServerOptions with(Consumer<TaskServerOptions> change) {
        TaskServerOptions copy = new TaskServerOptions(this);
        change.accept(copy);
        return copy;
    }

    private static void require(boolean valid, String message) {
        if (!valid) {
            throw new IllegalArgumentException(message);
        }
    }
}
