package dev.taskstop.server;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.ConnectionObserver;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/**
 * The task APIs on this machine, to be started in a test or an application.
 *
 * <p>It speaks HTTP/1.1 and HTTP/2 (prior knowledge) on one port, and keeps its tasks in memory. The cloud API is at
 * {@code /api/tasks} and the Agent API v1 at {@code /api/v1/tasks}; both show the same tasks.
 */
public final class TaskServer implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int CLOSE_SECONDS = 2;
    private static final int MAX_PROCESSES = 1_000;

    private final TaskServerOptions options;
    private final Mishaps mishaps;
    private final TaskStore store;
    private final Keys keys;
    private final Ledger ledger;
    private final @Nullable Journal journal;
    private final AccessLog accessLog;
    private final Sandboxes sandboxes;
    private final LoopResources loops =
            LoopResources.create("task-server", LoopResources.DEFAULT_IO_WORKER_COUNT, true);
    private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final DisposableServer server;

    /** @param more creates further tasks */
    private TaskServer(TaskServerOptions options, Consumer<TaskServer> more) {
        this.options = options;
        long now = options.clock.millis();
        keys = new Keys(options.keysByUser, options.requestsPerSecond, now);
        journal = options.journal == null ? null : Journal.open(options.journal);
        accessLog = AccessLog.open(options.accessLog, options.clock);
        mishaps = new Mishaps(options.taskFaults, options.seed);
        sandboxes = switch (options.sandboxKind) {
            case SIMULATED -> new SimulatedSandboxes(options.clock);
            case PROCESS -> new ProcessSandboxes(false, options.sandboxGrace, options.clock);
            case STUBBORN_PROCESS -> new ProcessSandboxes(true, options.sandboxGrace, options.clock);
        };
        store = new TaskStore(options.seed, mishaps, options.lifecycle, journal, sandboxes);
        ledger = new Ledger(store, options.clock);
        try {
            // Who connects as soon as it listens finds all tasks.
            options.tasks.forEach(
                    (id, status) -> createTask(TaskServerOptions.DEFAULT_USER, id, Lifecycle.staysIn(status)));
            more.accept(this);
            server = http().handle(handler(now)).bindNow(TIMEOUT);
        } catch (RuntimeException e) {
            closeAllButConnections();
            throw e;
        }
    }

    /**
     * Starts a server and waits until it listens.
     *
     * @param options how it behaves
     * @return the server; close it
     * @throws reactor.netty.ChannelBindException when the port is in use
     */
    public static TaskServer start(TaskServerOptions options) {
        return start(options, server -> {});
    }

    /** @param more creates tasks, before the server listens */
    static TaskServer start(TaskServerOptions options, Consumer<TaskServer> more) {
        return new TaskServer(options, more);
    }

    /**
     * Starts a server with the default options and waits until it listens.
     *
     * @return the server; close it
     */
    public static TaskServer start() {
        return start(TaskServerOptions.defaults());
    }

    /**
     * Where the server listens.
     *
     * @return for example {@code http://127.0.0.1:8787}
     */
    public URI baseUrl() {
        InetSocketAddress address = (InetSocketAddress) server.address();
        String host = options.host.contains(":") ? "[" + options.host + "]" : options.host;
        return URI.create((options.certificate == null ? "http://" : "https://") + host + ":" + address.getPort());
    }

    /**
     * The first key of a user.
     *
     * @param userId the user
     * @return the key
     */
    public String key(String userId) {
        return keys.firstKey(userId);
    }

    /**
     * The first key of the default user.
     *
     * @return the key
     */
    public String key() {
        return key(TaskServerOptions.DEFAULT_USER);
    }

    /**
     * Creates tasks without going over HTTP; blocks only for process sandboxes: those of tasks that are processing or
     * saving run when this returns.
     *
     * @param userId whose tasks
     * @param count how many, at most 1000 with process sandboxes
     * @param lifecycle how they move, for example {@code Lifecycle.staysIn(Status.PROCESSING)}
     * @param ids the form of their ids
     * @return their ids
     */
    public List<String> createTasks(String userId, int count, Lifecycle lifecycle, IdForm ids) {
        if (options.sandboxKind != SandboxKind.SIMULATED && count > MAX_PROCESSES) {
            throw new IllegalArgumentException("not more than " + MAX_PROCESSES + " tasks with processes: " + count);
        }
        User user = keys.user(userId);
        List<String> created = new ArrayList<>(count);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Task task = store.create(user, ids, TaskInput.DEFAULT, lifecycle, options.clock.millis());
            created.add(task.id());
            if (options.sandboxKind != SandboxKind.SIMULATED) {
                tasks.add(task);
            }
        }
        if (!tasks.isEmpty()) {
            Flux.fromIterable(tasks).concatMap(sandboxes::follow).blockLast(TIMEOUT);
        }
        return created;
    }

    /**
     * Creates a task with an id of one's own choice, without going over HTTP; blocks only for a process sandbox.
     *
     * @param userId whose task
     * @param id the id, for example one that stands in a page of documentation
     * @param lifecycle how it moves
     * @throws IllegalArgumentException when there is a task with this id already
     */
    public void createTask(String userId, String id, Lifecycle lifecycle) {
        Task task = store.create(id, keys.user(userId), TaskInput.DEFAULT, lifecycle, options.clock.millis());
        if (options.sandboxKind != SandboxKind.SIMULATED) {
            sandboxes.follow(task).block(TIMEOUT);
        }
    }

    /**
     * Creates a task that is unlike others, without going over HTTP; blocks only for a process sandbox.
     *
     * @param userId whose task
     * @param task what it is created with
     * @param lifecycle how it moves, from its time of creation on
     * @return its id, as the cloud API makes them
     */
    public String createTask(String userId, NewTask task, Lifecycle lifecycle) {
        long createdAt = task.createdAt() == null
                ? options.clock.millis()
                : task.createdAt().toEpochMilli();
        Task created =
                store.create(keys.user(userId), IdForm.NANOID, task.input(), task.chatId(), lifecycle, createdAt);
        if (options.sandboxKind != SandboxKind.SIMULATED) {
            sandboxes.follow(created).block(TIMEOUT);
        }
        return created.id();
    }

    /**
     * Creates tasks with ids as the cloud API makes them.
     *
     * @param userId whose tasks
     * @param count how many
     * @param lifecycle how they move
     * @return their ids
     */
    public List<String> createTasks(String userId, int count, Lifecycle lifecycle) {
        return createTasks(userId, count, lifecycle, IdForm.NANOID);
    }

    /**
     * Creates tasks of the default user with ids as the cloud API makes them.
     *
     * @param count how many
     * @param lifecycle how they move
     * @return their ids
     */
    public List<String> createTasks(int count, Lifecycle lifecycle) {
        return createTasks(TaskServerOptions.DEFAULT_USER, count, lifecycle);
    }

    /**
     * The processes that run for a task now.
     *
     * @param taskId the task
     * @return one for each agent; none when sandboxes are simulated or not running
     * @throws NoSuchElementException when there is no such task
     */
    public List<ProcessHandle> processes(String taskId) {
        Task task = store.get(taskId);
        if (task == null) {
            throw new NoSuchElementException("no such task: " + taskId);
        }
        return sandboxes.processes(task);
    }

    /**
     * What really happened, to be compared with what a client reports.
     *
     * @return the ledger, which goes on counting
     */
    public Ledger ledger() {
        return ledger;
    }

    /**
     * Tells when the server is closed.
     *
     * @return completes when the server no longer listens
     */
    public Mono<Void> onClose() {
        return server.onDispose();
    }

    /**
     * Ends all connections and all processes, and waits for them for a few seconds at most, whether the thread is
     * interrupted or not: a test whose time is up closes its server, too.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            server.channel().close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
            connections.close().awaitUninterruptibly(CLOSE_SECONDS, TimeUnit.SECONDS);
            closeAllButConnections();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void closeAllButConnections() {
        sandboxes.close();
        loops.disposeLater(Duration.ZERO, Duration.ofSeconds(CLOSE_SECONDS)).block(TIMEOUT);
        if (journal != null) {
            journal.close();
        }
        accessLog.close();
    }

    private HttpServer http() {
        HttpServer http = HttpServer.create()
                .host(options.host)
                .port(options.port)
                .runOn(loops)
                // A client may ask for HTTP/2 with a request that has a body already.
                .httpRequestDecoder(spec -> spec.h2cMaxContentLength(RequestBody.MAX_BYTES))
                .channelGroup(connections)
                .childObserve(TaskServer::readOn);
        if (options.certificate == null || options.privateKey == null) {
            return http.protocol(HttpProtocol.H2C, HttpProtocol.HTTP11);
        }
        GenericSslContextSpec<?> http2 =
                Http2SslContextSpec.forServer(options.certificate.toFile(), options.privateKey.toFile());
        return http.protocol(HttpProtocol.H2, HttpProtocol.HTTP11).secure(spec -> spec.sslContext(http2));
    }

    /**
     * Lets the next request of a kept connection be read once one has been answered. Reactor Netty asks for it only where
     * the end of the request was read from the connection itself: one that was queued behind another, and was answered
     * before its end was looked at, would be the last.
     */
    private static void readOn(Connection connection, ConnectionObserver.State state) {
        Channel channel = connection.channel();
        boolean answered = state == ConnectionObserver.State.DISCONNECTING && channel.isActive();
        if (answered && !(channel instanceof Http2StreamChannel)) {
            channel.config().setAutoRead(true);
        }
    }

    private BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler(long now) {
        JsonBodies.prepare(RequestBodies.ALL);
        Errors errors = new Errors(options.errorForm, options.retryAfterForm, options.clock);
        FaultInjector faults = new FaultInjector(options, errors, ledger);
        TaskClock taskClock = new TaskClock(options.timeGranularity, options.timeSkew);
        Operations operations = new Operations(store, sandboxes, faults, errors, mishaps, options, taskClock);
        CloudTaskBodies cloudBodies = new CloudTaskBodies(taskClock, options.executionForm);
        Routes routes = new Routes(List.of(
                new ServedCloudApi(cloudBodies, taskClock, options),
                new ServedV1Api(new V1RunBodies(taskClock), options)));
        RequestHandler handler = new RequestHandler(
                routes,
                operations,
                keys,
                errors,
                ledger,
                options.forbiddenAfter,
                options.latency,
                options.clock,
                new DateHeader(options.clock),
                accessLog);
        return options.fixedAnswer ? new FixedAnswer(handler, keys.user(TaskServerOptions.DEFAULT_USER), now) : handler;
    }
}
