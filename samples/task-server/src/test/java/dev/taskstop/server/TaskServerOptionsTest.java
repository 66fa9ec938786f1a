package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TaskServerOptionsTest {

    private final TaskServerOptions options = TaskServerOptions.defaults();

    @Test
    void changing_an_option_leaves_the_options_that_it_was_called_on() {
        TaskServerOptions changed = options.withSeed(7)
                .withUser("a@example.com", "k")
                .withFixedAnswer(true)
                .withEndedRunAnswer(EndedRunAnswer.OK);

        assertThat(changed).isNotSameAs(options);
        assertThat(options.seed).isEqualTo(1);
        assertThat(options.keysByUser).containsOnlyKeys(TaskServerOptions.DEFAULT_USER);
        assertThat(options.fixedAnswer).isFalse();
        assertThat(options.endedRunAnswer).isEqualTo(EndedRunAnswer.BAD_REQUEST);
        assertThat(changed.seed).isEqualTo(7);
        assertThat(changed.keysByUser).containsOnlyKeys(TaskServerOptions.DEFAULT_USER, "a@example.com");
        assertThat(changed.fixedAnswer).isTrue();
        assertThat(changed.withSeed(8).endedRunAnswer).isEqualTo(EndedRunAnswer.OK);
    }

    @Test
    void values_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> options.withAddress("127.0.0.1", -1));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withUser("a@example.com"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withUser("a@example.com", "with blank"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withRequestsPerSecond(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withLatency(Duration.ofSeconds(-1)));
    }
}
