package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class IdReaderTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What stands between the ids, before them and after them, as editors, shells and other programs write it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "aa bb cc",
                "\n  aa\t\r\n\n \nbb\rcc",
                "\ufeffaa\r\nbb\r\ncc\r\n",
                "aa\n\ufeffbb\ncc",
                "aa\u0000bb\u0000cc\u0000",
                "aa\n\u0000\u0000\u0000\nbb cc",
                "aa\u00a0bb\u2003cc\u3000",
                "aa\u0085bb\u2028cc\u2029",
                "aa\u200bbb\u200bcc",
                "\f aa\u000bbb cc",
                "# all of them\naa # the first\r\nbb #the second\n#\n##\ncc"
            })
    void ids_are_words(String text) {
        StepVerifier.create(IdReader.of(bytes(text, StandardCharsets.UTF_8)).rest())
                .expectNext("aa", "bb", "cc")
                .expectComplete()
                .verify(PATIENCE);
    }

    @ParameterizedTest
    @CsvSource({"UTF-16LE, true", "UTF-16BE, true", "UTF-16LE, false", "UTF-16BE, false"})
    void utf_16_is_read_with_a_byte_order_mark_and_refused_without(String charset, boolean mark) {
        Flux<String> ids = IdReader.of(bytes((mark ? "\ufeff" : "") + "ab\r\ncd\r\n", Charset.forName(charset)))
                .rest();

        if (mark) {
            StepVerifier.create(ids).expectNext("ab", "cd").expectComplete().verify(PATIENCE);
        } else {
            StepVerifier.create(ids)
                    .expectErrorSatisfies(error -> assertThat(error)
                            .hasMessageContaining("line 1 of the input looks like UTF-16 without a byte order mark"))
                    .verify(PATIENCE);
        }
    }

    /** They are left as they are, and refused or not found by their names. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"a\"",
                "'a'",
                "a,b",
                "[\"a\"]",
                "a;b",
                "{a}",
                "a|b",
                "id=a",
                "<a>",
                "a:",
                "a%20",
                "$a",
                "*a*",
                "a\\",
                // What other programs make of them: quotes and dashes of word processors, items of lists.
                "\u201ca\u201d",
                "\u2018a\u2019",
                "\u00aba\u00bb",
                "a\u2013b",
                "a\u2014",
                "-",
                "--",
                "*",
                "+",
                "\u2022",
                ".",
                // What nobody sees, or that was in another charset.
                "a\u00ad",
                "a\u200e",
                "\u202aa\u202c",
                "\u2060a",
                "a\u200d",
                "a\u0007",
                "a\ufffd",
                "\u0430b"
            })
    void what_stands_around_an_id_is_left_and_noticed(String word) throws IOException {
        assertThat(IdReader.of(new StringReader(word)).next()).isEqualTo(word);
        assertThat(IdReader.looksWrapped(word)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9qQe2F8Z_nXx9-eJA0BD6", "ma_1", "0f8fad5b-d9cb-469f-a165-70867728950e", "a.b~c"})
    void an_id_as_the_api_makes_it_is_read_back(String id) {
        assertThat(IdReader.looksWrapped(id)).isFalse();
        assertThat(IdReader.isReadBack(id)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "#a", "\ufeffa", "a\u0000", "a\u202e", "a\u009b", "a\u0007"})
    void an_id_that_would_be_read_as_something_else_is_known(String id) {
        assertThat(IdReader.isReadBack(id)).isFalse();
    }

    @Test
    void bytes_that_never_end_and_are_no_ids_end_the_reading() {
        InputStream zeros = new InputStream() {
            @Override
            public int read() {
                return 0;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                Arrays.fill(buffer, offset, offset + length, (byte) 0);
                return length;
            }
        };

        StepVerifier.create(IdReader.of(zeros).rest())
                .expectErrorSatisfies(error -> assertThat(error).hasMessageContaining("NUL"))
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

        StepVerifier.create(IdReader.of(endless).rest(), 3)
                .expectNext("x", "x", "x")
                .thenCancel()
                .verify(PATIENCE);

        assertThat(read).hasValueLessThan(20_000);
    }

    @Test
    void a_line_that_is_no_id_does_not_fill_the_memory() {
        StepVerifier.create(
                        IdReader.of(new StringReader("a\n" + "x".repeat(1025))).rest())
                .expectNext("a")
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("line 2 of the input has a word of more than 1024 characters"))
                .verify(PATIENCE);
    }

    private static InputStream bytes(String text, Charset charset) {
        return new ByteArrayInputStream(text.getBytes(charset));
    }
}
