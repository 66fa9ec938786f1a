package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LifecycleTest {

    private static final long SEED = 42;

    private final Lifecycle moving = Lifecycle.moving()
            .withPendingFor(Duration.ofSeconds(1))
            .withProcessingFor(Duration.ofSeconds(10))
            .withSavingFor(Duration.ofSeconds(2));

    @ParameterizedTest
    @CsvSource({
        "0, PENDING, 0, 0",
        "999, PENDING, 0, 0",
        "1000, PROCESSING, 1000, 0",
        "6000, PROCESSING, 1000, 45",
        "10999, PROCESSING, 1000, 89",
        "11000, SAVING, 11000, 95",
        "12999, SAVING, 11000, 95",
        "13000, COMPLETED, 13000, 100",
        "9000000, COMPLETED, 13000, 100"
    })
    void a_task_moves_by_the_clock(long elapsed, Status status, long since, int progress) {
        assertThat(moving.at(elapsed, SEED)).isEqualTo(new Lifecycle.Moment(status, since, progress));
    }

    @ParameterizedTest
    @EnumSource
    void a_task_can_stay_where_it_is(Status status) {
        assertThat(Lifecycle.staysIn(status)
                        .at(Duration.ofDays(365).toMillis(), SEED)
                        .status())
                .isEqualTo(status);
    }

    @Test
    void the_chosen_share_of_tasks_ends_in_error_and_in_timeout() {
        Lifecycle failing = moving.withFailures(0.2, 0.1);

        assertThat(share(failing, Status.ERROR)).isBetween(0.18, 0.22);
        assertThat(share(failing, Status.TIMEOUT)).isBetween(0.08, 0.12);
        assertThat(share(failing, Status.COMPLETED)).isBetween(0.68, 0.72);
    }

    @Test
    void jitter_spreads_the_end_of_processing() {
        Lifecycle jittered = moving.withJitter(0.5);

        assertThat(jittered.at(5_999, SEED).status()).isEqualTo(Status.PROCESSING);
        assertThat(randoms()
                        .filter(random -> jittered.at(11_000, random).status() == Status.PROCESSING)
                        .count())
                .isBetween(4_500L, 5_500L);
        assertThat(randoms()).allMatch(random -> jittered.at(16_000, random).status() != Status.PROCESSING);
    }

    @Test
    void values_out_of_range_are_refused_by_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> moving.withSavingFor(Duration.ofSeconds(-1)))
                .withMessageStartingWith("savingFor must be");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> moving.withJitter(1.5))
                .withMessageStartingWith("jitter must be");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> moving.withFailures(0.6, 0.6))
                .withMessage("errorRate and timeoutRate add up to more than 1");
    }

    private static double share(Lifecycle lifecycle, Status status) {
        return randoms()
                        .filter(random -> lifecycle.at(20_000, random).status() == status)
                        .count()
                / 10_000.0;
    }

    private static LongStream randoms() {
        return new Random(SEED).longs(10_000);
    }
}
