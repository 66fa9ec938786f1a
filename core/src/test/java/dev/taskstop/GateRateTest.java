package dev.taskstop;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

class GateRateTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    private int callsNow(GateRate pace) {
        int calls = 0;
        while (pace.nanosToNext() == 0) {
            pace.made();
            calls++;
        }
        return calls;
    }

    @Test
    void the_first_call_may_be_made_at_once_and_the_next_one_after_the_interval() {
        GateRate pace = new GateRate(60, time);
        assertThat(callsNow(pace)).isEqualTo(1);
        assertThat(pace.nanosToNext()).isEqualTo(Duration.ofSeconds(1).toNanos());
        time.advanceTimeBy(Duration.ofMillis(999));
        assertThat(callsNow(pace)).isZero();
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(callsNow(pace)).isEqualTo(1);
    }

    @Test
    void a_timer_that_is_late_each_time_does_not_lower_the_rate() {
        GateRate pace = new GateRate(6_000, time);
        int calls = callsNow(pace);
        while (time.now(MILLISECONDS) < 60_000) {
            time.advanceTimeBy(Duration.ofNanos(pace.nanosToNext()).plusMillis(3));
            calls += callsNow(pace);
        }

        assertThat(calls).isBetween(5_999, 6_001);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 6_000, 60_000, 6_000_000})
    void a_quiet_minute_saves_up_no_more_than_five_milliseconds(int perMinute) {
        GateRate pace = new GateRate(perMinute, time);
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(callsNow(pace)).isLessThanOrEqualTo(1 + perMinute * 5 / 60_000);
    }

    @Test
    void no_second_has_more_than_its_share() {
        GateRate pace = new GateRate(3_000, time);
        for (int second = 0; second < 120; second++) {
            int calls = 0;
            for (int milli = 0; milli < 1_000; milli++) {
                calls += callsNow(pace);
                time.advanceTimeBy(Duration.ofMillis(1));
            }
            assertThat(calls).as("calls in second %d", second).isEqualTo(50);
        }
    }
}
