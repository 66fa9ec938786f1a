package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ChannelBindException;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/** A server within a program that goes on: nothing of it is left behind, however it ends. */
class CloseTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);

    @ParameterizedTest
    @EnumSource(SandboxKind.class)
    void a_thread_that_is_interrupted_closes_all_of_it_and_stays_interrupted(SandboxKind kind) {
        TaskServer server = TaskServer.start(TaskServerOptions.defaults().withSandboxes(kind, Duration.ofSeconds(1)));
        String id = server.createTasks(1, PROCESSING).get(0);
        List<ProcessHandle> processes = server.processes(id);

        Thread.currentThread().interrupt();
        server.close();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
        assertThat(refusal(server)).hasRootCauseInstanceOf(ConnectException.class);
    }

    @Test
    void closing_twice_is_closing_once() {
        TaskServer server = TaskServer.start();
        server.close();
        server.close();

        assertThat(refusal(server)).hasRootCauseInstanceOf(ConnectException.class);
    }

    @Test
    void a_port_that_is_taken_is_refused_and_the_next_one_works() {
        try (TaskServer first = TaskServer.start()) {
            TaskServerOptions samePort = TaskServerOptions.defaults()
                    .withAddress("127.0.0.1", first.baseUrl().getPort());
            assertThatExceptionOfType(ChannelBindException.class).isThrownBy(() -> TaskServer.start(samePort));

            assertThat(new TestClient(first).get("/api/tasks").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = HttpProtocol.class,
            names = {"HTTP11", "H2C"})
    void closing_one_of_two_ends_what_it_answers_and_leaves_the_other_alone(HttpProtocol protocol) {
        Faults silent = Faults.none().with(FaultKind.HANG_AFTER, 1);
        TaskServer closed = TaskServer.start(TaskServerOptions.defaults().withFaults(silent));
        try (TaskServer other = TaskServer.start()) {
            List<String> ids = closed.createTasks(20, PROCESSING);
            assertThat(other.createTasks(20, PROCESSING)).isEqualTo(ids);
            TestClient client = new TestClient(closed, closed.key(), protocol);
            Mono<List<Throwable>> broken = Flux.fromIterable(ids)
                    .flatMap(id -> client.stopping(id)
                            .<Throwable>map(reply -> new AssertionError(reply.toString()))
                            .onErrorResume(Mono::just))
                    .collectList()
                    .cache();
            broken.subscribe();
            Mono.fromCallable(() -> closed.ledger().inProgress() == 20)
                    .filter(all -> all)
                    .repeatWhenEmpty(Integer.MAX_VALUE, tries -> tries.delayElements(Duration.ofMillis(5)))
                    .block(TestClient.PATIENCE);

            closed.close();

            assertThat(Objects.requireNonNull(broken.block(TestClient.PATIENCE)))
                    .hasSize(20)
                    .noneMatch(AssertionError.class::isInstance);
            assertThat(closed.ledger().tasks()).allMatch(entry -> entry.status() == Status.STOPPED);
            assertThat(other.ledger().tasks()).allMatch(entry -> entry.stopRequests() == 0);
            assertThat(new TestClient(other).stop(ids.get(0)).status()).isEqualTo(200);
        }
    }

    private static Throwable refusal(TaskServer server) {
        return Objects.requireNonNull(HttpClient.newConnection()
                .get()
                .uri(server.baseUrl())
                .response()
                .<Throwable>map(response -> new AssertionError(response.toString()))
                .onErrorResume(Mono::just)
                .block(TestClient.PATIENCE));
    }
}
