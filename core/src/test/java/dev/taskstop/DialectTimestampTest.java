package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DialectTimestampTest {

    private static final long SEED = 20_240_115;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-01-15T10:30:00Z",
                "2024-01-15T10:30:00.0Z",
                "2024-01-15T10:30:00.123Z",
                "2024-01-15T10:30:00.123456789Z",
                "2024-02-29T23:59:59.999Z",
                "0000-01-01T00:00:00Z",
                "1969-12-31T23:59:59.999999999Z",
                "9999-12-31T23:59:59Z",
                "2024-01-15T10:30Z",
                "2024-01-15T10:30:00.Z",
                "2024-01-15T10:30:00+05:30",
                "2024-01-15T10:30:00.000+00:00",
                "2024-01-15t10:30:00z",
                "+12024-01-15T10:30:00Z"
            })
    void it_reads_what_java_reads(String text) {
        assertThat(DialectTimestamp.parse(text))
                .isEqualTo(OffsetDateTime.parse(text).toInstant());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Z",
                "now",
                "2024-01-15",
                "2024-01-15T10:30:00",
                "2024-01-15T10:30:00.1234567890Z",
                "2024-01-15 10:30:00Z",
                "2024/01/15T10:30:00Z",
                "2024-13-15T10:30:00Z",
                "2023-02-29T10:30:00Z",
                "2024-01-15T24:30:00Z",
                "2024-01-15T10:60:00Z",
                "2024-01-15T10:30:60Z",
                "2024-01-1xT10:30:00Z",
                "2024-01-15T10:30:00,000Z",
                "２０２４-01-15T10:30:00Z"
            })
    void it_refuses_what_java_refuses(String text) {
        assertThatThrownBy(() -> OffsetDateTime.parse(text)).isInstanceOf(DateTimeException.class);
        assertThatThrownBy(() -> DialectTimestamp.parse(text)).isInstanceOf(DateTimeException.class);
    }

    @Test
    void it_reads_whatever_an_instant_writes() {
        System.out.println("seed " + SEED);
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            Instant instant = Instant.ofEpochSecond(
                    random.nextLong(-62_000_000_000L, 250_000_000_000L), random.nextInt(1_000_000_000));
            ChronoUnit unit = switch (i % 3) {
                case 0 -> ChronoUnit.SECONDS;
                case 1 -> ChronoUnit.MILLIS;
                default -> ChronoUnit.NANOS;
            };
            Instant written = instant.truncatedTo(unit);

            assertThat(DialectTimestamp.parse(written.toString())).isEqualTo(written);
        }
    }
}
