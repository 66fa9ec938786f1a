package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TaskIdsTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t",
                "a b",
                "a/b",
                "a\\b",
                ".",
                "..",
                "a\nb",
                "a\u0000",
                "a\u007F",
                "tä",
                "\u200Bt1",
                "\uFEFFt1",
                "\uD800"
            })
    void an_id_that_cannot_be_one_has_a_problem_that_does_not_repeat_it(String id) {
        assertThat(TaskIds.problem(id)).startsWith("A task id ").satisfies(problem -> {
            if (id.length() > 2) {
                assertThat(problem).doesNotContain(id);
            }
        });
    }

    @Test
    void an_id_of_257_characters_is_too_long() {
        assertThat(TaskIds.problem("a".repeat(256))).isNull();
        assertThat(TaskIds.problem("a".repeat(257))).contains("256").contains("257");
    }

    @ParameterizedTest
    @ValueSource(strings = {"9qQe2F8Z_nXx9-eJA0BD6", "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "...", "a%2Fb"})
    void an_id_as_the_api_gives_it_has_no_problem(String id) {
        assertThat(TaskIds.problem(id)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"9qQe2F8Z_nXx9-eJA0BD6,9qQe2F8Z_nXx9-eJA0BD6", "a%2Fb,a%252Fb", "a?b#c,a%3Fb%23c", "a;b=c,a%3Bb%3Dc"})
    void an_id_is_escaped_as_one_segment(String id, String segment) {
        assertThat(TaskIds.pathSegment(id)).isEqualTo(segment);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void any_id_without_a_problem_comes_back_from_its_segment(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            StringBuilder id = new StringBuilder();
            random.ints(1 + random.nextInt(30), 0, 0x90).forEach(c -> id.append((char) c));
            if (TaskIds.problem(id.toString()) == null) {
                URI uri = URI.create("http://host/api/tasks/" + TaskIds.pathSegment(id.toString()) + "/status");
                assertThat(uri.getPath()).isEqualTo("/api/tasks/" + id + "/status");
                assertThat(uri.getRawQuery()).isNull();
            }
        }
    }
}
