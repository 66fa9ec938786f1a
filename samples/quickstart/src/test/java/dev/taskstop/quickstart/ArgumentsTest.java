package dev.taskstop.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the programs do with arguments that they cannot mean. */
class ArgumentsTest {

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "0", "-5", "1.5", "1_000", "2147483648", "5 5", "99999999999999999999"})
    void what_is_no_number_of_tasks_is_none(String arguments) {
        assertThat(Arguments.parse(arguments.split(" ", -1), 1, Integer.MAX_VALUE))
                .isEmpty();
    }

    @Test
    void a_number_in_its_bounds_is_taken() {
        assertThat(Arguments.parse(new String[] {"1"}, 1, 10)).hasValue(1);
        assertThat(Arguments.parse(new String[] {"10"}, 1, 10)).hasValue(10);
        assertThat(Arguments.number(new String[0], 7, 1, 10)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a-task", "--all-active", "--help", "--all"})
    void who_names_tasks_without_a_key_does_not_get_the_demo(String argument) {
        assertThat(StopMany.run(List.of(argument), null)).isEqualTo(2);
        assertThat(StopMany.run(List.of(argument), "")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--all", "--help", "--all-active --yes", "a-task --all-active", "--all-active a-task"})
    void an_option_that_there_is_not_is_no_id(String arguments) {
        assertThat(StopMany.run(List.of(arguments.split(" ", -1)), "bb_any")).isEqualTo(2);
    }
}
