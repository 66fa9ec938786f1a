package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

class IdReaderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void empty_lines_and_blanks_around_an_id_are_passed_over() {
        StepVerifier.create(new IdReader(new StringReader("\n  a\t\r\n\n \nb b\nc")).rest())
                .expectNext("a", "b b", "c")
                .expectComplete()
                .verify(PATIENCE);
    }

    @Test
    void an_endless_input_is_read_no_further_than_asked() {
        AtomicLong read = new AtomicLong();
        Reader endless = new Reader() {
            @Override
            public int read(char[] buffer, int offset, int length) {
                for (int i = 0; i < length; i++) {
                    buffer[offset + i] = i % 2 == 0 ? 'x' : '\n';
                }
                read.addAndGet(length);
                return length;
            }

            @Override
            public void close() {}
        };

        StepVerifier.create(new IdReader(endless).rest(), 3)
                .expectNext("x", "x", "x")
                .thenCancel()
                .verify(PATIENCE);

        assertThat(read).hasValueLessThan(20_000);
    }

    @Test
    void a_line_that_is_no_id_does_not_fill_the_memory() {
        StepVerifier.create(new IdReader(new StringReader("a\n" + "x".repeat(1025))).rest())
                .expectNext("a")
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("line 2 of the input has more than 1024 characters"))
                .verify(PATIENCE);
    }
}
