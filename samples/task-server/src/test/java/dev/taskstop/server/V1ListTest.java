package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class V1ListTest {

    private final TaskServer server = TaskServer.start();
    private final TestClient client = new TestClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void all_pages_together_contain_each_run_once_whatever_the_form_of_its_id() {
        List<String> ids = new ArrayList<>(server.createTasks(60, Lifecycle.staysIn(Status.PROCESSING)));
        ids.addAll(server.createTasks(
                TaskServerOptions.DEFAULT_USER, 60, Lifecycle.staysIn(Status.PROCESSING), IdForm.UUID));
        List<String> listed = new ArrayList<>();
        JsonNode page;
        int number = 0;
        do {
            page = client.get("/api/v1/tasks?limit=50&page=" + ++number).json();
            listed.addAll(ids(page));
        } while (page.path("hasMore").asBoolean());

        assertThat(number).isEqualTo(3);
        assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void a_page_has_20_items_unless_told_otherwise_and_repeats_its_place() {
        server.createTasks(21, Lifecycle.moving());

        JsonNode first = client.get("/api/v1/tasks").json();
        JsonNode second = client.get("/api/v1/tasks?page=2").json();
        JsonNode last = client.get("/api/v1/tasks?page=21474836&limit=100").json();

        assertThat(first.propertyNames()).containsExactly("tasks", "page", "limit", "hasMore");
        assertThat(first.path("tasks").size()).isEqualTo(20);
        assertThat(first.path("page").asInt()).isEqualTo(1);
        assertThat(first.path("limit").asInt()).isEqualTo(20);
        assertThat(first.path("hasMore").asBoolean()).isTrue();
        assertThat(second.path("tasks").size()).isEqualTo(1);
        assertThat(second.path("page").asInt()).isEqualTo(2);
        assertThat(second.path("hasMore").asBoolean()).isFalse();
        assertThat(last.path("tasks").size()).isZero();
        assertThat(last.path("page").asInt()).isEqualTo(21_474_836);
        assertThat(last.path("hasMore").asBoolean()).isFalse();
    }

    @Test
    void an_item_has_its_id_under_either_name() {
        String id = server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

        JsonNode item = client.get("/api/v1/tasks").json().path("tasks").get(0);

        assertThat(item.path("runId").asString()).isEqualTo(id);
        assertThat(item.path("taskId").asString()).isEqualTo(id);
        assertThat(item.path("status").asString()).isEqualTo("running");
    }

    @ParameterizedTest
    @CsvSource({"queued, 1", "running, 5", "completed, 4", "failed, 13", "cancelled, 7", "interrupted, 9", "'', 20"})
    void runs_are_selected_by_status(String status, int expected) {
        server.createTasks(1, Lifecycle.staysIn(Status.PENDING));
        server.createTasks(2, Lifecycle.staysIn(Status.PROCESSING));
        server.createTasks(3, Lifecycle.staysIn(Status.SAVING));
        server.createTasks(4, Lifecycle.staysIn(Status.COMPLETED));
        server.createTasks(5, Lifecycle.staysIn(Status.ERROR));
        server.createTasks(8, Lifecycle.staysIn(Status.TIMEOUT));
        server.createTasks(7, Lifecycle.staysIn(Status.STOPPED));
        server.createTasks(9, Lifecycle.staysIn(Status.INTERRUPTED));

        JsonNode page = client.get("/api/v1/tasks?status=" + status).json();

        assertThat(page.path("tasks").size()).isEqualTo(expected);
        assertThat(page.path("hasMore").asBoolean()).isEqualTo(status.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=101",
                "limit=abc",
                "limit=",
                "page=0",
                "page=-1",
                "page=x",
                "page=2147483647",
                "page=99999999999",
                "status=stopped",
                "status=active",
                "status=pending",
                "status=in_progress",
                "status=processing",
                "page=%zz"
            })
    void a_wrong_parameter_is_refused(String query) {
        TestClient.Reply reply = client.get("/api/v1/tasks?" + query);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).startsWith("Invalid ");
    }

    @Test
    void paging_over_active_runs_skips_some_of_them_when_they_are_cancelled_meanwhile() {
        server.createTasks(4, Lifecycle.staysIn(Status.PROCESSING));
        ids(client.get("/api/v1/tasks?status=running&limit=2").json()).forEach(client::cancel);

        assertThat(ids(client.get("/api/v1/tasks?status=running&limit=2&page=2").json()))
                .isEmpty();
        assertThat(ids(client.get("/api/v1/tasks?status=running&limit=2").json()))
                .hasSize(2);
    }

    private static List<String> ids(JsonNode page) {
        return page.path("tasks").values().stream()
                .map(task -> task.path("runId").asString())
                .toList();
    }
}
