package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a hosted build does can be done here, too: its steps are the project's own scripts. */
class WorkflowsTest {

    private static final Path ROOT = Path.of("..");
    private static final Pattern RUN = Pattern.compile("^ *-? *run: *(.*)$", Pattern.MULTILINE);

    @Test
    void a_workflow_only_calls_scripts_of_the_project() throws Exception {
        List<Path> workflows = workflows();
        assertThat(workflows).hasSize(3);

        for (Path workflow : workflows) {
            List<String> commands = RUN.matcher(Files.readString(workflow))
                    .results()
                    .map(run -> run.group(1).strip())
                    .toList();
            assertThat(commands).as(workflow.toString()).isNotEmpty().allSatisfy(command -> {
                assertThat(command).matches("\\.ci/[a-z-]+( --[a-z-]+)*");
                assertThat(ROOT.resolve(command.split(" ", 2)[0]))
                        .isRegularFile()
                        .isExecutable();
            });
        }
    }

    private static List<Path> workflows() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve(".github/workflows"))) {
            return files.sorted().toList();
        }
    }
}
