package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.room.Failures.Failure;
import org.junit.jupiter.api.Test;

class FailuresTest {

    private final Failures failures = new Failures();

    @Test
    void a_failure_stays_until_there_is_an_answer() {
        failures.hear(failed("a"));
        failures.hear(failed("a"));
        failures.hear(new Skipped("a", Skipped.Reason.ABORTED));
        assertThat(failures.list()).containsExactly(new Failure("a", "answered 500", false));

        failures.hear(new NotFound("a"));
        assertThat(failures.list()).isEmpty();
    }

    @Test
    void only_the_newest_are_kept() {
        for (int i = 0; i <= Failures.MAX; i++) {
            failures.hear(failed("t-" + i));
        }
        assertThat(failures.list())
                .hasSize(Failures.MAX)
                .extracting(Failure::taskId)
                .doesNotContain("t-0");
    }

    private static Failed failed(String id) {
        TaskException error = mock(TaskResponseException.class);
        when(error.getMessage()).thenReturn("answered 500");
        return new Failed(id, error);
    }
}
