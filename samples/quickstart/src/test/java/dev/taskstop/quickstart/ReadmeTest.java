package dev.taskstop.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {

    private static final Path ROOT = Path.of("../..");

    private static String between(String text, String begin, String end) {
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from));
    }

    @Test
    void the_example_in_the_readme_is_the_one_that_is_compiled() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));
        String source = Files.readString(Path.of("src/test/java/dev/taskstop/quickstart/StopFromReadme.java"));

        assertThat(between(readme, "```java\n", "```"))
                .isEqualTo(between(source, "// begin\n", "// end").stripIndent());
    }

    @Test
    void every_link_to_a_file_leads_to_one() throws IOException {
        String readme = Files.readString(ROOT.resolve("README.md"));

        assertThat(readme.lines()
                        .flatMap(line -> java.util.regex.Pattern.compile("\\]\\(([^)#]+)\\)")
                                .matcher(line)
                                .results()
                                .map(link -> link.group(1))))
                .isNotEmpty()
                .filteredOn(link -> !link.startsWith("http"))
                .allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }
}
