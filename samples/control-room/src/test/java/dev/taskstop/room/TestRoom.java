package dev.taskstop.room;

import dev.taskstop.server.Ledger;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application on a task server of its own, both on free ports. */
final class TestRoom implements AutoCloseable {

    static final String USER = "ada";
    static final String PASSWORD = "correct horse";

    final TaskServer server;
    private final ConfigurableApplicationContext context;

    private TestRoom(TaskServerOptions options, String... properties) {
        server = TaskServer.start(options);
        List<String> arguments = new ArrayList<>(List.of(
                "--server.port=0",
                "--room.username=" + USER,
                "--room.password=" + PASSWORD,
                "--room.refresh=300ms",
                "--spring.reactor.netty.shutdown-quiet-period=0s",
                "--taskstop.base-url=" + server.baseUrl(),
                "--taskstop.api-key=" + server.key()));
        arguments.addAll(Arrays.asList(properties));
        context = SpringApplication.run(ControlRoom.class, arguments.toArray(String[]::new));
    }

    static TestRoom start(TaskServerOptions options, String... properties) {
        return new TestRoom(options, properties);
    }

    static TestRoom start() {
        return start(TaskServerOptions.defaults());
    }

    String url() {
        return "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
    }

    Room room() {
        return context.getBean(Room.class);
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
        context.close();
        server.close();
    }
}
