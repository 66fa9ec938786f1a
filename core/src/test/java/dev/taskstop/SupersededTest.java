package dev.taskstop;

import static dev.taskstop.StubTasks.ids;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Of the active tasks of one group all but the newest. */
class SupersededTest {

    private static final TaskQuery SUPERSEDED = TaskQuery.active().superseded(SupersededTest::branch);

    private final StubTasks server = new StubTasks();

    private static @Nullable Object branch(TaskSummary task) {
        return task.repoUrl() == null || task.branch() == null ? null : List.of(task.repoUrl(), task.branch());
    }

    private void add(String id, String branch, int minute) {
        server.add(
                id,
                "repoUrl",
                "https://github.com/acme/web",
                "selectedBranch",
                branch,
                "createdAt",
                "2026-03-04T09:%02d:00.000Z".formatted(minute));
    }

    private List<String> listed() {
        return ids(server.client().build().list(SUPERSEDED));
    }

    @Test
    void the_newest_of_each_group_is_left_in_whatever_order_the_list_is() {
        for (long seed = 1; seed <= 20; seed++) {
            server.active.clear();
            List<Integer> minutes = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5));
            Collections.shuffle(minutes, new Random(seed));
            for (int minute : minutes) {
                add("main" + minute, "main", minute);
                add("dev" + minute, "dev", minute);
            }
            add("alone", "alone", 0);

            assertThat(listed())
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrder(
                            "main0", "main1", "main2", "main3", "main4", "dev0", "dev1", "dev2", "dev3", "dev4");
        }
    }

    @Test
    void what_is_left_running_is_exactly_the_newest_of_each_group_although_stopping_changes_the_list() {
        List<String> newest = new ArrayList<>();
        for (int group = 0; group < 100; group++) {
            for (int minute = 0; minute < 10; minute++) {
                add("g" + group + "m" + minute, "branch" + group, (minute + group) % 10);
                if ((minute + group) % 10 == 9) {
                    newest.add("g" + group + "m" + minute);
                }
            }
        }

        assertThat(Wire.values(server.client().build().stopActive(SUPERSEDED, StopAllOptions.defaults())))
                .hasSize(900)
                .hasOnlyElementsOfType(Stopped.class);
        assertThat(server.active.keySet()).containsExactlyInAnyOrderElementsOf(newest);
    }

    @Test
    void of_two_of_the_same_moment_the_greater_id_is_the_newer_one() {
        add("b", "main", 0);
        add("c", "main", 0);
        add("a", "main", 0);

        assertThat(listed()).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void a_task_without_a_group_or_a_time_neither_supersedes_nor_is_superseded() {
        server.add("no-branch", "repoUrl", "r", "createdAt", "2026-03-04T09:00:00.000Z")
                .add("no-time", "repoUrl", "https://github.com/acme/web", "selectedBranch", "main")
                .add("no-branch-either", "repoUrl", "r", "createdAt", "2026-03-04T09:01:00.000Z");
        add("one", "main", 0);

        assertThat(listed()).isEmpty();
    }

    @Test
    void a_task_that_has_ended_does_not_supersede_one_that_runs() {
        add("runs", "main", 0);
        add("ended", "main", 1);
        requireNonNull(server.active.get("ended")).put("status", "completed");

        assertThat(ids(server.client().build().list(TaskQuery.all().superseded(SupersededTest::branch))))
                .isEmpty();
    }

    @Test
    void other_conditions_say_which_superseded_tasks_are_meant_and_not_what_supersedes() {
        add("old", "main", 0);
        add("older", "main", 1);
        add("new", "main", 50);
        requireNonNull(server.active.get("old")).put("selectedAgent", "claude");

        // At 10:00; the one that supersedes both is 10 minutes old.
        assertThat(ids(server.client().build().list(SUPERSEDED.olderThan(Duration.ofMinutes(30)))))
                .containsExactlyInAnyOrder("old", "older");
        assertThat(ids(server.client().build().list(SUPERSEDED.withAgent("claude"))))
                .containsExactly("old");
        assertThat(ids(server.client().build().list(SUPERSEDED.matching(task -> task.agent() != null))))
                .containsExactly("old");
    }

    @Test
    void the_tasks_of_other_batches_supersede_so_the_server_does_not_pick_out_batches() {
        add("old", "main", 0);
        add("new", "main", 1);
        requireNonNull(server.active.get("old")).put("batchId", "b1");

        assertThat(ids(server.client().build().list(SUPERSEDED.withBatch("b1"))))
                .containsExactly("old");
        assertThat(server.pages).containsExactly("offset=0&limit=100&status=active");
    }

    @Test
    void a_task_that_came_after_the_first_page_supersedes_none() {
        for (int i = 0; i < 150; i++) {
            add("t" + i, "main", i % 50);
        }
        server.beforeEachPage = () -> {
            if (server.pages.size() == 1) {
                server.add(
                        "late",
                        "repoUrl",
                        "https://github.com/acme/web",
                        "selectedBranch",
                        "main",
                        "createdAt",
                        "2026-03-04T10:05:00.000Z");
                server.now = StubTasks.NOW.plusSeconds(400);
            }
        };

        Wire.values(server.client().build().stopActive(SUPERSEDED, StopAllOptions.defaults()));

        assertThat(server.active.keySet()).containsExactlyInAnyOrder("t99", "late");
    }

    @Test
    void the_agent_api_has_chats_to_group_by() {
        server.add("r1", "chatId", "c1", "createdAt", "2026-03-04T09:00:00.000Z")
                .add("r2", "chatId", "c1", "createdAt", "2026-03-04T09:01:00.000Z")
                .add("r3", "chatId", "c2", "createdAt", "2026-03-04T09:01:00.000Z");

        assertThat(ids(server.client(TaskDialect.agentV1())
                        .list(TaskQuery.active().superseded(TaskSummary::chatId))))
                .containsExactly("r1");
    }
}
