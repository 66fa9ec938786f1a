package dev.taskstop.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every link of every page leads somewhere: to a file, to a heading, or to what can be an address; nothing is fetched. */
class LinksTest {

    private static final Path ROOT = Path.of("../..");

    @TempDir
    private Path folder;

    static List<Path> pages() throws IOException {
        return Pages.in(ROOT);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void every_link_leads_somewhere(Path page) {
        assertThat(new Links(ROOT).dead(page)).isEmpty();
    }

    @Test
    void the_pages_are_found() throws IOException {
        assertThat(pages())
                .hasSizeGreaterThan(12)
                .contains(
                        ROOT.resolve("README.md"),
                        ROOT.resolve("SECURITY.md"),
                        ROOT.resolve("samples/benchmarks/results/jmh.md"));
    }

    @Test
    void a_file_that_goes_away_while_pages_are_looked_for_is_no_matter() throws Exception {
        Files.writeString(folder.resolve("page.md"), "");
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> others = CompletableFuture.runAsync(() -> {
            while (!over.get()) {
                try {
                    for (int i = 0; i < 50; i++) {
                        Files.writeString(folder.resolve("file-" + i), "");
                    }
                    for (int i = 0; i < 50; i++) {
                        Files.delete(folder.resolve("file-" + i));
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 500; i++) {
                assertThat(Pages.in(folder)).containsExactly(folder.resolve("page.md"));
            }
        } finally {
            over.set(true);
            others.get(10, TimeUnit.SECONDS);
        }
    }

    private List<String> deadIn(String text) throws IOException {
        Files.writeString(folder.resolve("other.md"), "# One\n## Two words\n## Two words\n```sh\n# no heading\n```\n");
        Files.createDirectories(folder.resolve("target"));
        Files.writeString(folder.resolve("target/made.txt"), "");
        return new Links(folder).dead(Files.writeString(folder.resolve("page.md"), text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[a](nowhere.md)",
                "[a](nowhere.md \"title\")",
                "[a](<nowhere.md>)",
                "[![image](nowhere.png)](other.md)",
                "[a](Other.md)",
                "[a](other.md#three)",
                "[a](other.md#no-heading)",
                "[a](other.md#two-words-2)",
                "[a](other.md#L99)",
                "[a](#here)",
                "[a](../outside.md)",
                "[a](/other.md)",
                "[a](target/made.txt)",
                "[a][b]",
                "[b][]",
                "[a][b]\n\n[b]: nowhere.md",
                "[b]: other.md",
                "<img src=\"nowhere.png\">",
                "<a class=\"x\"\n href=\"nowhere.md\">a</a>",
                "[a](http://example.com/)",
                "<http://example.com/>",
                "[a](https://example/)",
                "[a](https:///path)",
                "[a](https://exa%mple.com/)",
                "[a](mailto:nobody)"
            })
    void a_link_of_any_form_that_leads_nowhere_is_noticed(String text) throws IOException {
        assertThat(deadIn(text)).hasSize(1);
    }

    @Test
    void links_that_lead_somewhere_and_what_is_code_are_no_matter() throws IOException {
        assertThat(deadIn("""
                # A page
                [a](other.md) [a](other.md#one "title") [a](other.md#two-words-1) [a](#a-page) [a](other.md#L3)
                [a][b] [b][] `[a](nowhere.md)` <https://example.com/a?b=c#d> [a](http://localhost:8080)
                [a](mailto:some.body@example.com) <img src="other.md" width="1">

                [b]: other.md

                ```sh
                [a](nowhere.md)
                ```
                """)).isEmpty();
    }
}
