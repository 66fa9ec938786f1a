package dev.taskstop.room;

import dev.taskstop.server.Ledger;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import reactor.core.publisher.Flux;

/** The application on a task server, both on free ports; each test can have a task server of its own. */
final class TestRoom implements AutoCloseable {

    static final String USER = "ada";
    static final String PASSWORD = "correct horse";

    final Line line = new Line();
    final Path audit;
    private final String[] properties;
    private TaskServer server;
    private long servers;
    private ConfigurableApplicationContext context;
    private final Relay relay;
    private @Nullable DemoTasks demo;

    private TestRoom(String... properties) {
        this.properties = properties;
        this.audit = auditFile();
        this.server = TaskServer.start(TaskServerOptions.defaults());
        line.leadTo(server.baseUrl());
        this.context = run();
        this.relay = new Relay(port());
    }

    static TestRoom start(String... properties) {
        return new TestRoom(properties);
    }

    private ConfigurableApplicationContext run() {
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--room.username=" + USER,
                "--room.password=" + PASSWORD,
                "--room.refresh=200ms",
                "--room.audit=" + audit,
                "--spring.reactor.netty.shutdown-quiet-period=0s",
                "--taskstop.base-url=" + line.url(),
                "--taskstop.api-key=" + server.key()));
        arguments.addAll(Arrays.asList(properties));
        return SpringApplication.run(ControlRoom.class, arguments.toArray(String[]::new));
    }

    private static Path auditFile() {
        try {
            return Files.createTempDirectory("control-room").resolve("logs").resolve("audit.jsonl");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int port() {
        return Integer.parseInt(context.getEnvironment().getRequiredProperty("local.server.port"));
    }

    String url() {
        return "http://localhost:" + relay.port();
    }

    Relay relay() {
        return relay;
    }

    TaskServer server() {
        return server;
    }

    /** A new task server in the place of the one before, with so many tasks that stay as they are. */
    List<String> newTasks(int count) {
        newServer();
        return server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
    }

    /** The same with tasks as the demo has them. */
    void newDemoTasks() {
        newServer();
        demo = new DemoTasks(server, Lifecycle.moving().withProcessingFor(Lifecycle.FOREVER));
        demo.start();
    }

    /** With ids of its own: what the test before had sent, and arrives only now, meets none of these tasks. */
    private void newServer() {
        if (demo != null) {
            demo.stop();
        }
        server.close();
        server = TaskServer.start(TaskServerOptions.defaults().withSeed(++servers));
        line.leadTo(server.baseUrl());
    }

    /** As if the machine had been started anew: nobody is logged in any more. */
    void restart() {
        context.close();
        context = run();
        relay.leadTo(port());
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** Lets the answers to what is in flight come, which a batch that is cancelled waits for. */
    void releaseWhenCancelling() {
        Flux.interval(Duration.ofMillis(5))
                .filter(tick -> bean(Batches.class).states().get(0).cancelling())
                .next()
                .subscribe(tick -> line.release());
    }

    Ledger ledger() {
        return server.ledger();
    }

    /** The tasks that were stopped, as the server knows it. */
    Set<String> stopped() {
        return ledger().tasks()
                .filter(entry -> entry.effectiveRequest() > 0)
                .map(LedgerEntry::taskId)
                .collect(Collectors.toSet());
    }

    @Override
    public void close() {
        if (demo != null) {
            demo.stop();
        }
        relay.close();
        context.close();
        line.close();
        server.close();
    }
}
