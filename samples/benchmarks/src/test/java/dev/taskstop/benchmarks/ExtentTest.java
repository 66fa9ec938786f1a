package dev.taskstop.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class ExtentTest {

    @Test
    void ids_end_at_the_count() {
        assertThat(new Extent(2, Duration.ofMinutes(1)).ids()).toIterable().containsExactly("task-0", "task-1");
    }

    @Test
    void ids_end_when_the_time_is_over() {
        assertThat(new Extent(2, Duration.ZERO).ids()).isExhausted();
    }

    @Test
    void there_is_no_id_beyond_the_count() {
        assertThatThrownBy(() -> new Extent(0, Duration.ZERO).ids().next()).isInstanceOf(NoSuchElementException.class);
    }
}
