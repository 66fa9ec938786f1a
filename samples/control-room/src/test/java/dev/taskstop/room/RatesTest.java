package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RatesTest {

    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final Rates rates = new Rates(clock::get);

    @Test
    void a_second_is_shown_when_it_is_over() {
        count(3);
        assertThat(rates.lastMinute()).hasSize(60).containsOnly(0L);

        clock.addAndGet(1000);
        count(5);
        assertThat(rates.lastMinute()).endsWith(0L, 3L);

        clock.addAndGet(1000);
        assertThat(rates.lastMinute()).endsWith(0L, 3L, 5L);
    }

    @Test
    void what_is_older_than_a_minute_is_forgotten() {
        count(3);
        clock.addAndGet(60_000);
        assertThat(rates.lastMinute()).startsWith(3L, 0L);

        clock.addAndGet(1000);
        assertThat(rates.lastMinute()).containsOnly(0L);

        count(1);
        clock.addAndGet(1_000_000);
        assertThat(rates.lastMinute()).containsOnly(0L);
    }

    private void count(int stops) {
        for (int i = 0; i < stops; i++) {
            rates.count();
        }
    }
}
