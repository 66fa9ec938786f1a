package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class ListTest {

    private final TaskServer server = TaskServer.start();
    private final TestClient client = new TestClient(server);

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void all_pages_together_contain_each_task_once() {
        List<String> ids = server.createTasks(120, Lifecycle.staysIn(Status.PROCESSING));
        List<String> listed = new ArrayList<>();
        JsonNode page;
        do {
            page = client.get("/api/tasks?limit=50&offset=" + listed.size()).json();
            listed.addAll(ids(page));
        } while (page.path("hasMore").asBoolean());

        assertThat(listed).containsExactlyInAnyOrderElementsOf(ids);
    }

    @Test
    void a_page_has_50_items_unless_told_otherwise_and_repeats_its_place() {
        server.createTasks(51, Lifecycle.moving());

        JsonNode first = client.get("/api/tasks").json();
        JsonNode second = client.get("/api/tasks?offset=50").json();

        assertThat(first.path("tasks").size()).isEqualTo(50);
        assertThat(first.path("limit").asInt()).isEqualTo(50);
        assertThat(first.path("offset").asInt()).isZero();
        assertThat(first.path("hasMore").asBoolean()).isTrue();
        assertThat(second.path("tasks").size()).isEqualTo(1);
        assertThat(second.path("offset").asInt()).isEqualTo(50);
        assertThat(second.path("hasMore").asBoolean()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"NEWEST_FIRST, 3 2 1 0", "OLDEST_FIRST, 0 1 2 3"})
    void a_list_has_the_order_that_was_chosen(ListOrder order, String places) {
        try (TaskServer other = TaskServer.start(TaskServerOptions.defaults().withListOrder(order))) {
            List<String> ids = other.createTasks(4, Lifecycle.staysIn(Status.PROCESSING));
            List<String> expected = Arrays.stream(places.split(" "))
                    .map(place -> ids.get(Integer.parseInt(place)))
                    .toList();

            for (String path : List.of("/api/tasks", "/api/v1/tasks")) {
                JsonNode page = new TestClient(other).get(path).json();
                assertThat(page.path("tasks").values().stream()
                                .map(it -> it.path(path.contains("v1") ? "runId" : "id")
                                        .asString())
                                .toList())
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void a_list_by_what_changed_last_moves_while_it_is_read() {
        TestClock clock = new TestClock();
        try (TaskServer other = TaskServer.start(
                TaskServerOptions.defaults().withClock(clock).withListOrder(ListOrder.LAST_UPDATED_FIRST))) {
            List<String> ids = other.createTasks(3, Lifecycle.staysIn(Status.COMPLETED));
            TestClient others = new TestClient(other);
            assertThat(ids(others.get("/api/tasks?limit=2").json())).containsExactly(ids.get(0), ids.get(1));

            clock.advance(Duration.ofSeconds(1));
            others.post("/api/tasks/" + ids.get(2) + "/continue", "{\"currentPrompt\":\"p\"}");

            assertThat(ids(others.get("/api/tasks?limit=2&offset=2").json())).containsExactly(ids.get(1));
        }
    }

    @Test
    void a_shuffled_list_has_every_task_on_one_page() {
        try (TaskServer other = TaskServer.start(TaskServerOptions.defaults().withListOrder(ListOrder.SHUFFLED))) {
            List<String> ids = other.createTasks(50, Lifecycle.staysIn(Status.PROCESSING));
            TestClient others = new TestClient(other);

            assertThat(ids(others.get("/api/tasks").json()))
                    .containsExactlyInAnyOrderElementsOf(ids)
                    .isNotEqualTo(ids(others.get("/api/tasks").json()));
        }
    }

    @Test
    void a_seed_shuffles_lists_in_the_same_way_each_time() {
        assertThat(shuffled(1)).isEqualTo(shuffled(1)).isNotEqualTo(shuffled(2));
    }

    /** The places of tasks with given ids in two lists. */
    private static List<List<String>> shuffled(long seed) {
        TaskServerOptions options = TaskServerOptions.defaults().withSeed(seed).withListOrder(ListOrder.SHUFFLED);
        for (int i = 0; i < 20; i++) {
            options = options.withTask("task-" + i, Status.PROCESSING);
        }
        try (TaskServer other = TaskServer.start(options)) {
            TestClient others = new TestClient(other);
            return List.of(
                    ids(others.get("/api/tasks").json()),
                    ids(others.get("/api/tasks").json()));
        }
    }

    @Test
    void whether_a_task_that_took_too_long_has_failed_is_a_choice() {
        try (TaskServer other = TaskServer.start(TaskServerOptions.defaults().withTimeoutIsFailed(false))) {
            other.createTasks(2, Lifecycle.staysIn(Status.TIMEOUT));

            assertThat(ids(new TestClient(other).get("/api/tasks?status=failed").json()))
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"active, 6", "completed, 4", "failed, 22", "stopped, 7"})
    void tasks_are_selected_by_status(String status, int expected) {
        server.createTasks(1, Lifecycle.staysIn(Status.PENDING));
        server.createTasks(2, Lifecycle.staysIn(Status.PROCESSING));
        server.createTasks(3, Lifecycle.staysIn(Status.SAVING));
        server.createTasks(4, Lifecycle.staysIn(Status.COMPLETED));
        server.createTasks(5, Lifecycle.staysIn(Status.ERROR));
        server.createTasks(8, Lifecycle.staysIn(Status.TIMEOUT));
        server.createTasks(7, Lifecycle.staysIn(Status.STOPPED));
        server.createTasks(9, Lifecycle.staysIn(Status.INTERRUPTED));

        assertThat(client.get("/api/tasks?status=" + status)
                        .json()
                        .path("tasks")
                        .size())
                .isEqualTo(expected);
    }

    @Test
    void tasks_are_selected_by_whether_they_belong_to_a_batch() {
        client.post("/api/tasks", "{\"prompt\":\"p\",\"batchId\":\"b1\"}");
        server.createTasks(2, Lifecycle.moving());

        assertThat(client.get("/api/tasks?filter=all").json().path("tasks").size())
                .isEqualTo(3);
        assertThat(client.get("/api/tasks?filter=tasks").json().path("tasks").size())
                .isEqualTo(2);
        assertThat(client.get("/api/tasks?filter=batch").json().path("tasks").size())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "limit=0",
                "limit=101",
                "limit=abc",
                "limit=",
                "limit=99999999999",
                "offset=-1",
                "offset=x",
                "status=pending",
                "filter=mine",
                "limit=%zz"
            })
    void a_wrong_parameter_is_refused(String query) {
        TestClient.Reply reply = client.get("/api/tasks?" + query);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).startsWith("Invalid ");
    }

    @Test
    void paging_over_active_tasks_skips_some_of_them_when_they_are_stopped_meanwhile() {
        server.createTasks(4, Lifecycle.staysIn(Status.PROCESSING));
        List<String> first = ids(client.get("/api/tasks?status=active&limit=2").json());
        first.forEach(client::stop);

        assertThat(ids(client.get("/api/tasks?status=active&limit=2&offset=2").json()))
                .isEmpty();
        assertThat(ids(client.get("/api/tasks?status=active&limit=2").json())).hasSize(2);
    }

    private static List<String> ids(JsonNode page) {
        return page.path("tasks").values().stream()
                .map(task -> task.path("id").asString())
                .toList();
    }
}
