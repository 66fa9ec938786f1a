package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import tools.jackson.databind.json.JsonMapper;

class ProcessSandboxesTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);

    private final TestClock clock = new TestClock();
    private final TaskServerOptions options = TaskServerOptions.defaults().withClock(clock);

    @Test
    void a_stopped_tasks_process_is_gone_from_the_operating_system() throws Exception {
        try (TaskServer server = start(SandboxKind.PROCESS, Duration.ofMinutes(5))) {
            String id = server.createTasks(1, PROCESSING).get(0);
            ProcessHandle process = server.processes(id).get(0);
            assertThat(process.isAlive()).isTrue();

            assertThat(new TestClient(server).stop(id).status()).isEqualTo(200);

            assertGone(process);
        }
    }

    @Test
    void a_process_that_refuses_sigterm_is_ended_by_force() throws Exception {
        try (TaskServer server = start(SandboxKind.STUBBORN_PROCESS, Duration.ofMillis(200))) {
            String id = server.createTasks(1, PROCESSING).get(0);
            ProcessHandle process = deaf(server, id);

            assertThat(new TestClient(server).stop(id).status()).isEqualTo(200);

            assertGone(process);
        }
    }

    @Test
    void a_task_is_stopped_although_its_sandbox_refuses_to_die() throws Exception {
        ProcessHandle process;
        try (TaskServer server = start(SandboxKind.STUBBORN_PROCESS, Duration.ofMinutes(5))) {
            String id = server.createTasks(1, PROCESSING).get(0);
            process = deaf(server, id);

            TestClient.Reply reply = new TestClient(server).stop(id);

            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.json().path("task").path("status").asString()).isEqualTo("stopped");
            assertThat(reply.json().path("task").path("completedAt").asString()).isNotEmpty();
            assertThat(process.isAlive()).isTrue();
        }
        assertGone(process);
    }

    @Test
    void processes_begin_and_end_by_the_clock() throws Exception {
        try (TaskServer server = start(SandboxKind.PROCESS, Duration.ofMinutes(5))) {
            String id = server.createTasks(1, Lifecycle.moving()).get(0);
            assertThat(server.processes(id)).isEmpty();

            clock.advance(Duration.ofSeconds(2));
            ProcessHandle process = awaitProcesses(server, id).get(0);
            clock.advance(Duration.ofHours(1));

            assertGone(process);
            assertThat(new TestClient(server).status(id)).isEqualTo("completed");
        }
    }

    @Test
    void stopping_a_multi_agent_task_ends_all_of_its_processes() throws Exception {
        try (TaskServer server = start(SandboxKind.PROCESS, Duration.ofMinutes(5))) {
            TestClient client = new TestClient(server);
            String agent = "{\"agent\":\"a\",\"model\":\"m\"}";
            String id = client.post(
                            "/api/tasks",
                            "{\"prompt\":\"p\",\"selectedAgents\":[" + agent + "," + agent + "," + agent + "]}")
                    .json()
                    .path("task")
                    .path("id")
                    .asString();
            clock.advance(Duration.ofSeconds(2));
            List<ProcessHandle> processes = awaitProcesses(server, id);
            assertThat(processes).hasSize(3);

            client.stop(id);

            for (ProcessHandle process : processes) {
                assertGone(process);
            }
        }
    }

    @Test
    void a_follow_up_starts_a_new_process() throws Exception {
        try (TaskServer server = start(SandboxKind.PROCESS, Duration.ofMinutes(5))) {
            TestClient client = new TestClient(server);
            String id = server.createTasks(1, PROCESSING).get(0);
            ProcessHandle first = server.processes(id).get(0);
            client.stop(id);
            client.post("/api/tasks/" + id + "/continue", "{\"currentPrompt\":\"go on\"}");
            clock.advance(Duration.ofSeconds(2));

            assertGone(first);
            assertThat(awaitProcesses(server, id)).hasSize(1).doesNotContain(first);
        }
    }

    @Test
    void closing_the_server_ends_all_processes() {
        List<ProcessHandle> processes;
        try (TaskServer server = start(SandboxKind.STUBBORN_PROCESS, Duration.ofMinutes(5))) {
            processes = server.createTasks(3, PROCESSING).stream()
                    .flatMap(id -> server.processes(id).stream())
                    .toList();
            assertThat(processes).hasSize(3).allMatch(ProcessHandle::isAlive);
        }
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
    }

    /** Nobody is left to end them. */
    @ParameterizedTest
    @ValueSource(strings = {"process", "stubborn_process"})
    void a_server_that_is_killed_leaves_no_processes_behind(String sandbox) throws Exception {
        try (TaskServerProcess server =
                TaskServerProcess.start("--sandbox=" + sandbox, "--tasks=processing=0", "--task=x=processing")) {
            ProcessHandle process = ProcessHandle.of(pid(server)).orElseThrow();
            try {
                server.kill();

                assertGone(process);
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static long pid(TaskServerProcess server) {
        String task = Objects.requireNonNull(HttpClient.create()
                .headers(headers -> headers.set("Authorization", "Bearer " + TaskServerOptions.DEFAULT_KEY))
                .get()
                .uri(server.baseUrl() + "/api/tasks/x")
                .responseContent()
                .aggregate()
                .asString()
                .block(TestClient.PATIENCE));
        String name = JsonMapper.shared()
                .readTree(task)
                .path("task")
                .path("sandboxId")
                .asString();
        return Long.parseLong(name.replace("process-", ""));
    }

    @Test
    void a_task_that_somebody_starts_again_has_a_process_again() throws Exception {
        TaskFaults faults = TaskFaults.none().withRevived(1, Duration.ofSeconds(5));
        try (TaskServer server = TaskServer.start(options.withSandboxes(SandboxKind.PROCESS, Duration.ofMinutes(5))
                .withTaskFaults(faults))) {
            TestClient client = new TestClient(server);
            String id = server.createTasks(1, PROCESSING).get(0);
            ProcessHandle first = server.processes(id).get(0);
            client.stop(id);
            assertGone(first);

            clock.advance(Duration.ofSeconds(5));
            assertThat(client.status(id)).isEqualTo("processing");

            assertThat(awaitProcesses(server, id)).hasSize(1).doesNotContain(first);
        }
    }

    private TaskServer start(SandboxKind kind, Duration grace) {
        return TaskServer.start(options.withSandboxes(kind, grace));
    }

    private static void assertGone(ProcessHandle process) throws Exception {
        process.onExit().get(10, TimeUnit.SECONDS);
        assertThat(ProcessHandle.of(process.pid()).filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    private static List<ProcessHandle> awaitProcesses(TaskServer server, String id) {
        return Objects.requireNonNull(Mono.fromSupplier(() -> server.processes(id))
                .filter(processes -> !processes.isEmpty())
                .repeatWhenEmpty(1_000, tries -> tries.delayElements(Duration.ofMillis(5)))
                .block(TestClient.PATIENCE));
    }

    /** Waits until the process no longer hears SIGTERM: then the shell has made way for the command itself. */
    private static ProcessHandle deaf(TaskServer server, String id) {
        ProcessHandle process = server.processes(id).get(0);
        return Objects.requireNonNull(Mono.just(process)
                .filter(it -> it.info().command().orElse("").endsWith("/cat"))
                .repeatWhenEmpty(1_000, tries -> tries.delayElements(Duration.ofMillis(5)))
                .block(TestClient.PATIENCE));
    }
}
