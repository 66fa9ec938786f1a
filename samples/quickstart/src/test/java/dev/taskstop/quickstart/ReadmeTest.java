package dev.taskstop.quickstart;

import static java.util.regex.Pattern.DOTALL;
import static java.util.regex.Pattern.MULTILINE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.FaultKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the pages say in Java is what is compiled and run.
 *
 * <p>{@code <!-- snippet: Name -->} before a block of Java names a test source of the quickstart or the web service,
 * and means what is between {@code // begin} and {@code // end} in it; {@code Name#part} means what is after
 * {@code // begin part}.
 */
class ReadmeTest {

    private static final Path ROOT = Path.of("../..");

    private static final List<Path> SOURCES =
            List.of(Path.of("src/test/java"), ROOT.resolve("samples/web-service/src/test/java"));

    private static final Pattern JAVA =
            Pattern.compile("(?:<!-- snippet: (\\w+)(?:#(\\w+))? -->\n)?^```java\n(.*?)^```", DOTALL | MULTILINE);

    private static final Pattern COUNT_OF_FAULTS = Pattern.compile("\\bin (\\w+)\\s+ways\\b");
    private static final Pattern NAMED_METHOD =
            Pattern.compile("`(?:[A-Z]\\w+\\.)?([a-z]\\w+)`(?!\\]\\(\\.\\./samples)");
    private static final Pattern LINK_TARGET = Pattern.compile("^\\[(\\w+)]: (\\S+)$", MULTILINE);
    private static final Pattern NAMED_TEST = Pattern.compile("\\[\\w+]\\[(\\w+)] `(\\w+)`");
    private static final Pattern LISTED_TYPE = Pattern.compile("^\\| `(\\w+)` \\| \\S", MULTILINE);

    /** At the beginning of a line, so that it is no member of another type. */
    private static final Pattern PUBLIC_TYPE =
            Pattern.compile("^public .*?(?:class|interface|record|enum) (\\w+)", MULTILINE);

    static List<Path> pages() throws IOException {
        return Pages.in(ROOT);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<MatchResult> find(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    private static String source(String name, @Nullable String part) throws IOException {
        for (Path sources : SOURCES) {
            try (Stream<Path> found = Files.find(
                    sources, 20, (path, file) -> path.getFileName().toString().equals(name + ".java"))) {
                for (Path file : found.toList()) {
                    return between(read(file), "// begin" + (part == null ? "" : " " + part) + "\n", "// end\n");
                }
            }
        }
        throw new AssertionError("There is no source " + name);
    }

    private static String between(String text, String begin, String end) {
        assertThat(text).contains(begin);
        int from = text.indexOf(begin) + begin.length();
        return text.substring(from, text.indexOf(end, from)).stripIndent();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void an_example_is_the_one_that_is_compiled(Path page) throws IOException {
        for (MatchResult block : find(JAVA, read(page))) {
            assertThat(block.group(1)).as("The name of\n%s", block.group(3)).isNotNull();
            assertThat(block.group(3)).as(block.group(1)).isEqualTo(source(block.group(1), block.group(2)));
        }
    }

    @Test
    void every_public_type_is_listed_with_its_reason() throws IOException {
        String list = between(read(ROOT.resolve("CONTRIBUTING.md")), "## What is public, and why\n", "\n## ");
        List<String> listed =
                find(LISTED_TYPE, list).stream().map(row -> row.group(1)).toList();

        assertThat(listed).containsExactlyInAnyOrderElementsOf(publicTypes());
    }

    private static List<String> publicTypes() throws IOException {
        List<String> types = new ArrayList<>();
        for (String module : List.of("core", "reactor-adapter")) {
            try (Stream<Path> sources = Files.find(
                    ROOT.resolve(module + "/src/main/java"),
                    20,
                    (path, file) -> path.toString().endsWith(".java"))) {
                sources.flatMap(source -> find(PUBLIC_TYPE, read(source)).stream())
                        .forEach(type -> types.add(type.group(1)));
            }
        }
        return types;
    }

    /** Whoever looks a question up there must find what the answer names. */
    @Test
    void what_the_table_of_questions_names_is_there() throws IOException {
        String table =
                between(read(ROOT.resolve("core/README.md")), "## Which of these do I want?\n", "\n## Stop one task");
        StringBuilder library = new StringBuilder();
        try (Stream<Path> sources = Files.list(ROOT.resolve("core/src/main/java/dev/taskstop"))) {
            sources.forEach(source -> library.append(read(source)));
        }
        List<String> methods = find(NAMED_METHOD, table).stream()
                .map(name -> name.group(1))
                .filter(name -> !name.equals("true"))
                .toList();

        assertThat(methods)
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(library).containsPattern("\\b" + name + "\\("));
    }

    /** What shows that something is protected has to be there to show it. */
    @Test
    void the_tests_that_the_threat_model_names_are_there() {
        String page = read(ROOT.resolve("SECURITY.md"));
        Map<String, String> files = find(LINK_TARGET, page).stream()
                .collect(Collectors.toMap(link -> link.group(1), link -> link.group(2)));

        assertThat(find(NAMED_TEST, page))
                .hasSizeGreaterThan(15)
                .allSatisfy(test -> assertThat(read(ROOT.resolve(files.getOrDefault(test.group(1), "nothing"))))
                        .contains("void " + test.group(2) + "("));
    }

    @Test
    void the_pages_count_the_ways_in_which_the_task_server_goes_wrong() throws IOException {
        List<String> counts = new ArrayList<>();
        for (Path page : pages()) {
            find(COUNT_OF_FAULTS, read(page)).forEach(count -> counts.add(count.group(1)));
        }

        assertThat(counts).hasSize(3).containsOnly(String.valueOf(FaultKind.values().length));
    }

    @Test
    void the_pages_are_found_and_have_examples() throws IOException {
        assertThat(pages())
                .contains(
                        ROOT.resolve("README.md"),
                        ROOT.resolve("core/README.md"),
                        ROOT.resolve("reactor-adapter/README.md"));
        assertThat(pages().stream()
                        .flatMap(page -> find(JAVA, read(page)).stream())
                        .map(block -> block.group(1)))
                .contains("StopFromReadme", "CleanUp", "CleanUpTest", "PipelineTest");
    }
}
