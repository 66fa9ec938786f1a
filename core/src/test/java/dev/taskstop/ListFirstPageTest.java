package dev.taskstop;

import static dev.taskstop.StubTasks.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was there when the first page was read is stopped, and what came later is left alone, whatever the clocks say. */
class ListFirstPageTest {

    private final StubTasks server = new StubTasks();

    /** By how much the clock of the tasks' times is ahead of that of the header, in milliseconds. */
    private long ahead;

    private void create(String id, Instant when) {
        server.add(id, "createdAt", when.plusMillis(ahead).toString());
    }

    private List<StopResult> stopActive() {
        return Wire.values(server.client().build().stopActive(TaskQuery.active(), StopAllOptions.defaults()));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 500, 1_500, 2_500, 10_000, 29_000, 31_000, 3_600_000, 50_000_000, -1_000, -3_600_000})
    void whatever_was_there_is_stopped_although_the_clocks_differ(long millis) {
        ahead = millis;
        for (int i = 0; i < 350; i++) {
            create("t" + i, NOW.minusMillis(100L * i));
        }
        // Each page takes four seconds, and by their times tasks of later pages came after the first, too.
        server.beforeEachPage = () -> server.now = NOW.plusSeconds(4L * server.pages.size());

        assertThat(stopActive()).hasSize(350).hasOnlyElementsOfType(Stopped.class);
        assertThat(server.active).isEmpty();
    }

    /** With each page that is read after the first, so much time has passed and a task has been created. */
    private void assertThatWhatComesLaterIsLeftAlone(Duration eachPage) {
        for (int i = 0; i < 300; i++) {
            create("t" + i, NOW.minusSeconds(i));
        }
        server.beforeEachPage = () -> {
            Instant now = NOW.plus(eachPage.multipliedBy(server.pages.size()));
            server.now = now;
            if (!server.pages.isEmpty()) {
                create("late" + server.pages.size(), now.minusMillis(1));
            }
        };

        assertThat(stopActive()).hasSize(300).hasOnlyElementsOfType(Stopped.class);
        assertThat(server.active.keySet()).isNotEmpty().allMatch(id -> id.startsWith("late"));
    }

    @Test
    void where_the_clocks_agree_what_came_later_is_left_alone() {
        assertThatWhatComesLaterIsLeftAlone(Duration.ofSeconds(3));
    }

    @Test
    void where_the_clocks_differ_what_came_much_later_is_left_alone_so_that_it_ends() {
        ahead = 20_000;
        assertThatWhatComesLaterIsLeftAlone(Duration.ofSeconds(11));
    }

    @Test
    void a_task_that_seemed_too_new_is_stopped_when_a_later_page_shows_that_the_clocks_differ() {
        ahead = 20_000;
        for (int i = 0; i < 201; i++) {
            create("t" + i, NOW.minusSeconds(i == 150 ? 15 : i == 200 ? 2 : 3_600));
        }
        // At the second page, 6 s later, t150 is not in the future any more; at the third, t200 still is.
        server.beforeEachPage = () -> server.now = NOW.plusSeconds(6L * server.pages.size());

        List<StopResult> results = Wire.values(server.client()
                .build()
                .stopActive(TaskQuery.active(), StopAllOptions.defaults().withDryRun(true)));

        assertThat(results).hasSize(201).last().extracting(StopResult::taskId).isEqualTo("t150");
    }

    @Test
    void a_time_that_cannot_be_one_says_nothing() {
        server.add("odd", "createdAt", "9999-12-31T23:59:59.000Z").add("t1", "createdAt", NOW.toString());
        server.beforeEachPage = () -> {
            if (!server.pages.isEmpty()) {
                server.now = NOW.plusSeconds(60);
                create("late", NOW.plusSeconds(59));
            }
        };

        assertThat(stopActive()).extracting(StopResult::taskId).containsExactlyInAnyOrder("odd", "t1");
    }

    @Test
    void where_the_server_tells_no_time_everything_is_stopped() {
        server.now = null;
        create("t1", Instant.parse("2099-01-01T00:00:00Z"));

        assertThat(stopActive()).hasSize(1);
    }
}
