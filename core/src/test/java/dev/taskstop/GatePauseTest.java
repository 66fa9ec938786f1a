package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.test.scheduler.VirtualTimeScheduler;

class GatePauseTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicInteger ends = new AtomicInteger();
    private final GatePause pause = new GatePause(Duration.ofSeconds(1), Duration.ofSeconds(60), time);

    @Test
    void it_lasts_as_long_as_the_server_wishes_and_tells_when_it_is_over() {
        pause.asked(Duration.ofSeconds(5), ends::incrementAndGet);
        time.advanceTimeBy(Duration.ofMillis(4_999));
        assertThat(pause.isOn()).isTrue();
        assertThat(pause.left()).isEqualTo(Duration.ofMillis(1));
        assertThat(ends).hasValue(0);

        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(pause.isOn()).isFalse();
        assertThat(pause.left()).isZero();
        assertThat(ends).hasValue(1);
    }

    @Test
    void a_longer_wish_prolongs_it_and_a_shorter_one_does_not_end_it() {
        pause.asked(Duration.ofSeconds(5), ends::incrementAndGet);
        pause.asked(Duration.ofSeconds(2), ends::incrementAndGet);
        assertThat(pause.left()).isEqualTo(Duration.ofSeconds(5));
        pause.asked(Duration.ofSeconds(9), ends::incrementAndGet);

        time.advanceTimeBy(Duration.ofSeconds(8));
        assertThat(pause.isOn()).isTrue();
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(pause.isOn()).isFalse();
        assertThat(ends).hasValue(1);
    }

    @Test
    void a_wish_is_capped() {
        pause.asked(Duration.ofDays(1), ends::incrementAndGet);

        assertThat(pause.left()).isEqualTo(Duration.ofSeconds(60));
    }

    @Test
    void a_wish_of_nothing_is_no_pause() {
        pause.asked(Duration.ZERO, ends::incrementAndGet);

        assertThat(pause.isOn()).isFalse();
    }

    @Test
    void without_a_wish_each_pause_is_about_double_the_one_before_until_an_answer_asks_for_none() {
        for (int seconds : new int[] {1, 2, 4}) {
            pause.asked(null, ends::incrementAndGet);
            assertThat(pause.left()).isBetween(Duration.ofMillis(500L * seconds), Duration.ofSeconds(seconds));
            time.advanceTimeBy(Duration.ofSeconds(seconds));
        }
        pause.notAsked();

        pause.asked(null, ends::incrementAndGet);

        assertThat(pause.left()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    }

    @Test
    void a_server_that_asks_again_and_again_is_warned_of_once_in_ten_seconds() {
        Logger log = (Logger) LoggerFactory.getLogger(GatePause.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        log.setLevel(Level.DEBUG);
        log.setAdditive(false);
        try {
            for (int second = 0; second < 21; second++) {
                pause.asked(Duration.ofMillis(500), ends::incrementAndGet);
                time.advanceTimeBy(Duration.ofSeconds(1));
            }
        } finally {
            log.setAdditive(true);
            log.setLevel(null);
            log.detachAppender(lines);
        }

        assertThat(lines.list).hasSize(21);
        assertThat(lines.list)
                .filteredOn(line -> line.getLevel() == Level.WARN)
                .hasSize(3)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsOnly("The server asks to slow down: nothing is sent for 500 ms");
    }

    @ParameterizedTest
    @ValueSource(longs = {-3_600_000, -500, 500, 3_600_000})
    void a_wall_clock_that_jumps_changes_nothing(long stepMillis) {
        WallClockThatJumps jumping = new WallClockThatJumps(time);
        GatePause steady = new GatePause(Duration.ofSeconds(1), Duration.ofSeconds(60), jumping);
        steady.asked(Duration.ofSeconds(5), ends::incrementAndGet);
        jumping.jump(stepMillis);

        assertThat(steady.left()).isEqualTo(Duration.ofSeconds(5));
        steady.asked(Duration.ofSeconds(6), ends::incrementAndGet);
        assertThat(steady.left()).isEqualTo(Duration.ofSeconds(6));
        time.advanceTimeBy(Duration.ofSeconds(6));

        assertThat(steady.isOn()).isFalse();
        assertThat(ends).hasValue(1);
    }

    @Test
    void two_wishes_for_the_same_end_are_one_pause() {
        pause.asked(Duration.ofSeconds(5), ends::incrementAndGet);
        pause.asked(Duration.ofSeconds(5), ends::incrementAndGet);
        time.advanceTimeBy(Duration.ofSeconds(5));

        assertThat(pause.isOn()).isFalse();
        assertThat(ends).hasValue(1);
    }
}
