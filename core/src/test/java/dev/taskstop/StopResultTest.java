package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Outcome;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each kind of result has an outcome of its own, and all that counts by kind counts it once. */
class StopResultTest {

    private static final Map<Outcome, StopResult> EACH = Map.of(
            Outcome.STOPPED,
            new Stopped(new StoppedTask("t", TaskState.of("stopped"), null, null, null, null), 1, false),
            Outcome.ALREADY_ENDED,
            new AlreadyEnded("t", TaskState.of("completed")),
            Outcome.NOT_FOUND,
            new NotFound("t"),
            Outcome.FAILED,
            new Failed("t", TaskRequestException.refused("no")),
            Outcome.SKIPPED,
            new Skipped("t", Skipped.Reason.DRY_RUN));

    static Stream<StopResult> results() {
        return EACH.values().stream();
    }

    @Test
    void each_kind_has_an_outcome_of_its_own() {
        assertThat(EACH).containsOnlyKeys(Outcome.values());
        EACH.forEach((outcome, result) -> assertThat(result.outcome()).isEqualTo(outcome));
        assertThat(StopResult.class.getPermittedSubclasses()).hasSameSizeAs(Outcome.values());
    }

    @ParameterizedTest
    @MethodSource("results")
    void the_function_for_its_kind_gets_the_result(StopResult result) {
        Outcome applied = result.fold(
                it -> Outcome.STOPPED,
                it -> Outcome.ALREADY_ENDED,
                it -> Outcome.NOT_FOUND,
                it -> Outcome.FAILED,
                it -> Outcome.SKIPPED);

        assertThat(applied).isEqualTo(result.outcome());
    }

    @ParameterizedTest
    @MethodSource("results")
    void a_summary_counts_it_once(StopResult result) {
        StopSummary summary = Stream.of(result).collect(StopSummary.collector());

        assertThat(summary.total()).isOne();
    }
}
