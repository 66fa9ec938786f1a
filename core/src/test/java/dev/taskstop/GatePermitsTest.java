package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.test.util.RaceTestUtils;

class GatePermitsTest {

    private final GatePermits places = new GatePermits();

    @Test
    void there_are_as_many_places_as_the_limit_says() {
        assertThat(places.tryTake(2)).isEqualTo(1);
        assertThat(places.tryTake(2)).isEqualTo(2);
        assertThat(places.tryTake(2)).isZero();
        places.leave();

        assertThat(places.tryTake(2)).isEqualTo(2);
    }

    @Test
    void a_limit_that_shrank_below_what_is_taken_lets_nobody_in_until_enough_have_left() {
        for (int i = 0; i < 3; i++) {
            assertThat(places.tryTake(3)).isPositive();
        }

        assertThat(places.tryTake(2)).isZero();
        places.leave();
        assertThat(places.tryTake(2)).isZero();
        places.leave();
        assertThat(places.tryTake(2)).isEqualTo(2);
    }

    @Test
    void the_peak_stays() {
        assertThat(places.tryTake(5) + places.tryTake(5)).isEqualTo(3);
        places.leave();
        places.leave();

        assertThat(places.peak()).isEqualTo(2);
        assertThat(places.taken()).isZero();
    }

    @Test
    void whoever_gets_in_found_fewer_inside_than_the_limit_that_he_came_with() {
        AtomicInteger above = new AtomicInteger();
        for (int i = 0; i < 5_000; i++) {
            int narrow = 1 + i % 3;

            RaceTestUtils.race(
                    () -> comeAndGo(narrow, above), () -> comeAndGo(4, above), () -> comeAndGo(narrow, above));

            assertThat(places.taken()).as("round %d", i).isZero();
        }
        assertThat(above).hasValue(0);
        assertThat(places.peak()).isLessThanOrEqualTo(4);
    }

    private void comeAndGo(int limit, AtomicInteger above) {
        for (int i = 0; i < 20; i++) {
            int taken = places.tryTake(limit);
            if (taken > limit) {
                above.incrementAndGet();
            }
            if (taken > 0) {
                places.leave();
            }
        }
    }
}
