package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadmeTest {

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CleanUp", "CleanUpTest"})
    void an_example_in_the_readme_is_the_one_that_is_compiled_and_run(String name) throws IOException {
        String readme = Files.readString(Path.of("../../README.md"));
        String source = Files.readString(Path.of("src/test/java/dev/taskstop/webservice", name + ".java"));

        assertThat(between(readme, "<!-- snippet: " + name + " -->\n```java\n", "```"))
                .isEqualTo(between(source, "// begin\n", "// end"));
    }
}
