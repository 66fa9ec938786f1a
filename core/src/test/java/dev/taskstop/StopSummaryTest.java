package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class StopSummaryTest {

    private static final Failed FAILED = new Failed("t", TaskRequestException.refused("no"));

    private static Stopped stopped(boolean recovered) {
        return new Stopped(
                new StoppedTask("t", TaskState.of("stopped"), "user@example.com", null, null, null), 1, recovered);
    }

    @Test
    void results_are_counted_by_their_kind() {
        Flux<StopResult> results = Flux.just(
                stopped(false),
                stopped(true),
                new AlreadyEnded("t", TaskState.of("completed")),
                new NotFound("t"),
                new NotFound("t"),
                FAILED,
                new Skipped("t", Skipped.Reason.ABORTED));

        StepVerifier.create(results.collect(StopSummary.collector()))
                .assertNext(summary -> {
                    assertThat(summary)
                            .isEqualTo(new StopSummary(2, 1, 1, 2, 1, 1, List.of(FAILED), summary.elapsed()));
                    assertThat(summary.total()).isEqualTo(7);
                    assertThat(summary.elapsed()).isPositive();
                    assertThat(summary.perSecond())
                            .isCloseTo(7e9 / summary.elapsed().toNanos(), org.assertj.core.data.Offset.offset(1e-6));
                })
                .expectComplete()
                .verify(Duration.ofSeconds(5));
    }

    @Test
    void only_the_first_failures_are_kept() {
        StopSummary summary = Stream.generate(() -> FAILED).limit(1000).collect(StopSummary.collector());

        assertThat(summary.failed()).isEqualTo(1000);
        assertThat(summary.firstFailures()).hasSize(10);
    }

    @Test
    void summaries_of_stops_side_by_side_add_up() {
        StopSummary a = new StopSummary(1, 1, 2, 3, 1, 5, List.of(FAILED), Duration.ofSeconds(2));
        StopSummary b = new StopSummary(10, 0, 20, 30, 1, 50, List.of(FAILED), Duration.ofSeconds(3));

        assertThat(a.merge(b))
                .isEqualTo(new StopSummary(11, 1, 22, 33, 2, 55, List.of(FAILED, FAILED), Duration.ofSeconds(3)));
    }

    @Test
    void it_reads_as_one_line_without_personal_data() {
        assertThat(new StopSummary(12, 2, 3, 4, 1, 0, List.of(FAILED), Duration.ofSeconds(2)))
                .hasToString(
                        "12 stopped (2 recovered), 3 already ended, 4 not found, 1 failed, 0 skipped in 2.00 s (10/s)");
        assertThat(stopped(false).toString()).doesNotContain("@");
    }

    @Test
    void nothing_at_all_has_a_rate_of_zero() {
        assertThat(new StopSummary(0, 0, 0, 0, 0, 0, List.of(), Duration.ZERO).perSecond())
                .isZero();
    }
}
