package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DialectHttpDateTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Fri, 05 Jan 2024 10:30:30 GMT",
                "  Fri, 05 Jan 2024 10:30:30 GMT ",
                "Friday, 05-Jan-24 10:30:30 GMT",
                "Fri Jan  5 10:30:30 2024",
                "Fri, 05 Jan 2024 10:30:30 gmt",
                "Fri, 05 Jan 2024 10:30:30 UTC",
                "Fri, 05 Jan 2024 10:30:30 +0000",
                "Fri, 05 Jan 2024 10:30:30"
            })
    void a_date_is_read_in_each_of_its_forms(String text) {
        assertThat(DialectHttpDate.read(text)).isEqualTo(Instant.parse("2024-01-05T10:30:30Z"));
    }

    /** Taken for Greenwich time, it would be hours away, and a stop of ours that of somebody else. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Fri, 05 Jan 2024 11:30:30 +0100",
                "Fri, 05 Jan 2024 11:30:30 +01:00",
                "Fri, 05 Jan 2024 05:30:30 -0500",
                "Fri, 05 Jan 2024 11:30:30 CET",
                "Friday, 05-Jan-24 05:30:30 EST",
                "",
                "0",
                "-1",
                "now",
                "2024-01-05T10:30:30Z",
                "1704450630"
            })
    void a_date_of_another_zone_and_what_is_none_is_not_read(String text) {
        assertThat(DialectHttpDate.read(text)).isNull();
    }
}
