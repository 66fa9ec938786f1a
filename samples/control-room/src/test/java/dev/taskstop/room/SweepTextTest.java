package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import dev.taskstop.StoppedTask;
import dev.taskstop.Sweep;
import dev.taskstop.TaskException;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskState;
import dev.taskstop.spring.TaskSweep;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a person reads of a sweep. */
class SweepTextTest {

    private final TaskException noAnswer = mock(TaskResponseException.class);

    /** What the starter would tell. */
    private record Told(State state, boolean dryRun, boolean isRunning) implements TaskSweep {

        static Told of(long rounds, long stopped, @Nullable Sweep last) {
            return new Told(new State(rounds, 0, stopped, 0, Duration.ZERO, last), false, true);
        }

        @Override
        public String name() {
            return "forgotten";
        }

        @Override
        public TaskQuery query() {
            return TaskQuery.active().olderThan(Duration.ofHours(6)).withAgent("cod\u202Eex");
        }

        @Override
        public Duration every() {
            return Duration.ofMinutes(5);
        }
    }

    private static Sweep round(@Nullable TaskException error, StopResult... results) {
        return new Sweep(7, Instant.EPOCH, Stream.of(results).collect(StopSummary.collector()), error);
    }

    @Test
    void before_the_first_round_it_says_what_it_will_do() {
        SweepText text = SweepText.of(Told.of(0, 0, null));

        assertThat(text.what())
                .startsWith("Every 5 min: ")
                .contains("PT6H", "withAgent=")
                .doesNotContain("TaskQuery", "\u202E");
        assertThat(text.last()).isEqualTo("No round has ended yet.");
        assertThat(text.sum()).isEqualTo("0 stopped in 0 rounds.");
        assertThat(text.failed()).isFalse();
    }

    @Test
    void each_outcome_of_a_round_is_counted_and_nothing_else() {
        SweepText nothing = SweepText.of(Told.of(1, 0, round(null)));
        SweepText all = SweepText.of(Told.of(
                2,
                1,
                round(
                        null,
                        new StopResult.Stopped(
                                new StoppedTask("a", TaskState.of("cancelled"), null, null, null, null), 1, false),
                        new StopResult.NotFound("b"),
                        new StopResult.Failed("c", noAnswer, 1, List.of()))));

        assertThat(nothing.last()).isEqualTo("The last round: nothing to stop.");
        assertThat(nothing.sum()).isEqualTo("0 stopped in 1 round.");
        assertThat(all.last()).isEqualTo("The last round: 1 stopped, 1 had ended, 1 failed.");
        assertThat(all.failed()).isTrue();
        assertThat(all.sum()).isEqualTo("1 stopped in 2 rounds.");
    }

    @Test
    void a_round_that_could_not_read_the_list_says_why() {
        SweepText text = SweepText.of(Told.of(3, 5, round(noAnswer)));

        assertThat(text.last())
                .startsWith("The last round could not read the list: ")
                .endsWith(".");
        assertThat(text.failed()).isTrue();
    }

    @Test
    void a_dry_run_and_an_end_are_told() {
        SweepText text = SweepText.of(new Told(Told.of(3, 0, null).state(), true, false));

        assertThat(text.what()).startsWith("Every 5 min, only counted: ");
        assertThat(text.sum()).isEqualTo("0 stopped in 3 rounds; it has ended.");
    }
}
