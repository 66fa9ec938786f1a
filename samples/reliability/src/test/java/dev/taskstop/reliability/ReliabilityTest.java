package dev.taskstop.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Short runs of the programs, of which each is a test that says how it went by its exit code. */
class ReliabilityTest {

    @Test
    void a_run_that_would_look_at_nothing_is_refused() {
        assertThat(Chaos.run("--seeds=0")).isEqualTo(2);
        assertThat(Chaos.run("--ids=9")).isEqualTo(2);
        assertThat(Chaos.run("--at-once=0")).isEqualTo(2);
        assertThat(CancelStorm.run("--rounds=0")).isEqualTo(2);
        assertThat(CancelStorm.run("--ids=0")).isEqualTo(2);
        assertThat(Soak.run("--samples=2")).isEqualTo(2);
        assertThat(LongSweep.run("--samples=2")).isEqualTo(2);
        assertThat(LongSweep.run("--tasks=0")).isEqualTo(2);
    }

    @Test
    @Timeout(600)
    void no_result_is_lost_and_none_is_false_while_servers_lie_and_are_killed_and_connections_break() {
        assertThat(Chaos.run("--seeds=12", "--ids=100")).isZero();
    }

    @Test
    @Timeout(120)
    void a_bulk_stop_that_is_cancelled_sends_no_more_and_leaves_the_client_usable() {
        assertThat(CancelStorm.run("--rounds=20")).isZero();
    }

    @Test
    @Timeout(120)
    void what_is_too_old_is_stopped_within_an_interval_while_more_keeps_coming() {
        assertThat(LongSweep.run("--time=PT3S", "--every=PT0.5S", "--samples=3"))
                .isZero();
    }

    @Test
    @Timeout(180)
    void nothing_grows_while_it_stops_races_and_cancels() {
        assertThat(Soak.run("--calls=240", "--samples=12")).isZero();
    }
}
