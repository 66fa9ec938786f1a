package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskResponseException;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailuresTest {

    private final Failures failures = new Failures();

    @Test
    void a_failure_stays_until_there_is_an_answer_and_is_listed_once() {
        failures.hear(task("a"), failed("a"));
        failures.hear(task("a"), failed("a"));
        failures.hear(task("a"), new Skipped("a", Skipped.Reason.ABORTED));
        assertThat(ids()).containsExactly("a");
        assertThat(failures.list().get(0).sentence())
                .isEqualTo("The server failed (500). It may still run: try again.");

        failures.hear(task("a"), new NotFound("a"));
        assertThat(ids()).isEmpty();
    }

    @Test
    void the_newest_come_first_and_are_kept_and_the_rest_is_counted() {
        for (int i = 0; i < Failures.MAX + 3; i++) {
            failures.hear(task("t-" + i), failed("t-" + i));
        }
        assertThat(ids()).hasSize(Failures.MAX).startsWith("t-52", "t-51").doesNotContain("t-2");
        assertThat(failures.dropped()).isEqualTo(3);
    }

    @Test
    void what_is_not_listed_is_counted_once_until_it_has_an_answer_however_often_it_fails() {
        int all = 2 * Failures.MAX;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < all; i++) {
                failures.hear(task("t-" + i), failed("t-" + i));
            }
            assertThat(failures.list().size() + failures.dropped()).isEqualTo(all);
        }
        for (int i = 0; i < all; i++) {
            failures.hear(task("t-" + i), new NotFound("t-" + i));
            assertThat(failures.list().size() + failures.dropped()).isEqualTo(all - i - 1);
        }
    }

    @Test
    void a_listed_one_that_has_an_answer_does_not_make_the_others_forgotten() {
        for (int i = 0; i < Failures.MAX + 3; i++) {
            failures.hear(task("t-" + i), failed("t-" + i));
        }
        ids().forEach(id -> failures.hear(task(id), new NotFound(id)));
        assertThat(ids()).isEmpty();
        assertThat(failures.dropped()).isEqualTo(3);

        assertThat(failures.dismiss(List.of())).isEqualTo(3);
        assertThat(failures.dropped()).isZero();
    }

    @Test
    void only_what_was_listed_counts_as_dismissed_and_once() {
        failures.hear(task("a"), failed("a"));
        failures.hear(task("b"), failed("b"));

        assertThat(failures.dismiss(List.of("a", "unknown", "a"))).isEqualTo(1);
        assertThat(failures.dismiss(List.of("a"))).isZero();
    }

    @Test
    void what_is_dismissed_comes_back_only_when_it_fails_again() {
        failures.hear(task("a"), failed("a"));
        failures.hear(task("b"), failed("b"));
        failures.dismiss(List.of("a", "unknown"));
        assertThat(ids()).containsExactly("b");

        failures.hear(task("a"), failed("a"));
        assertThat(ids()).containsExactly("a", "b");
    }

    private List<String> ids() {
        return failures.list().stream().map(failure -> failure.task().id()).toList();
    }

    private static TaskRow task(String id) {
        return TaskRow.unknown(id);
    }

    private static Failed failed(String id) {
        TaskResponseException error = mock(TaskResponseException.class);
        when(error.reason()).thenReturn(TaskResponseException.Reason.SERVER_ERROR);
        when(error.status()).thenReturn(500);
        return new Failed(id, error);
    }
}
