package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "90s, PT1M30S",
        "5m, PT5M",
        "1h30m, PT1H30M",
        "1.5h, PT1H30M",
        "2d, PT48H",
        "250ms, PT0.25S",
        "1m500ms, PT1M0.5S",
        "PT5M, PT5M",
        "pt1.5s, PT1.5S"
    })
    void a_duration_is_read_as_people_write_it(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "m", "5 m", "-5m", "0s", "PT0S", "-PT1M", "5x", "5m!", "1,5s", "9999999999s"})
    void anything_else_is_refused_with_an_example(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage(
                        "'%s' is not a duration above zero such as 90s, 5m, 1h30m or PT5M (units: ms, s, m, h, d)",
                        text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"36501d", "876001h", "999999999d", "999999999d999999999d999999999d", "P36501D", "PT876001H"})
    void what_the_library_would_refuse_is_refused_as_usage(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessage("'%s' is longer than 36500 days", text);
    }
}
