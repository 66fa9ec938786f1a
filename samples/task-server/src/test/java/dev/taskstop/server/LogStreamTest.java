package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;

class LogStreamTest {

    private static final String NOW = "2024-01-15T10:00:00.000Z";

    private final TestClock clock = new TestClock();
    private final TaskServer server =
            TaskServer.start(TaskServerOptions.defaults().withClock(clock));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void the_log_of_an_ended_task_is_told_from_the_beginning_to_the_end() {
        String id = create(Lifecycle.staysIn(Status.STOPPED));

        assertThat(new TestClient(server).get("/api/tasks/" + id + "/stream").body())
                .isEqualTo("""
                        event: connected
                        data: {"taskId":"%s","fromIndex":0,"message":"Connected to the log","timestamp":"%s"}

                        event: log
                        data: {"index":0,"log":{"type":"system","contentType":"system","message":"Fetching the repository","timestamp":"%s","agent":"blackbox","step":"git_cloning"},"timestamp":"%s"}

                        event: log
                        data: {"index":1,"log":{"type":"error","contentType":"message","message":"Task stopped","timestamp":"%s","agent":"blackbox","step":"agent_executing"},"timestamp":"%s"}

                        event: status
                        data: {"status":"stopped","error":"Task was stopped by user"}

                        event: complete
                        data: {"status":"stopped","totalLogs":2,"message":"End of the log","timestamp":"%s"}

                        """.formatted(id, NOW, NOW, NOW, NOW, NOW, NOW));
    }

    @Test
    void a_reader_can_resume_and_need_not_hear_about_the_status() {
        String id = create(Lifecycle.staysIn(Status.ERROR));

        assertThat(new TestClient(server)
                        .get("/api/tasks/" + id + "/stream?fromIndex=1&includeStatus=false")
                        .body())
                .contains("\"index\":1", "event: complete", "\"totalLogs\":1")
                .doesNotContain("\"index\":0", "event: status");
    }

    @Test
    void a_reader_hears_at_once_that_the_task_is_stopped() {
        String id = create(Lifecycle.staysIn(Status.PROCESSING));
        Flux<String> stream = HttpClient.create()
                .headers(headers -> headers.set("Authorization", "Bearer " + server.key()))
                .get()
                .uri(server.baseUrl() + "/api/tasks/" + id + "/stream?includeStatus=true")
                .responseContent()
                .asString();

        StepVerifier.create(stream.scan(String::concat)
                        .filter(text -> text.contains("processing"))
                        .take(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(TestClient.PATIENCE);
        StepVerifier.create(stream.reduce("", String::concat)
                        .doOnSubscribe(s -> new TestClient(server).stopping(id).subscribe()))
                .expectNextMatches(text -> text.contains("event: complete\ndata: {\"status\":\"stopped\""))
                .expectComplete()
                .verify(TestClient.PATIENCE);
    }

    @Test
    void a_task_writes_a_line_a_second() {
        String id = create(Lifecycle.moving());
        clock.advance(Duration.ofSeconds(5));

        assertThat(new TestClient(server)
                        .get("/api/tasks/" + id)
                        .json()
                        .path("task")
                        .path("logs")
                        .size())
                .isEqualTo(6);
    }

    private String create(Lifecycle lifecycle) {
        return server.createTasks(1, lifecycle).get(0);
    }
}
