package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The progress bar in terminals of any width. A line that is too long would go on in the next, and never be cleared. */
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class TerminalWidthTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);
    private static final String CLEAR_LINE = "\r\u001b[K";

    @TempDir
    private Path directory = Path.of("");

    @BeforeAll
    static void needsScript() {
        TerminalTest.needsScript();
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 50, 200})
    void each_drawing_of_the_bar_fits_in_one_line(int columns) throws Exception {
        try (TaskServer server = TaskServer.start()) {
            Path file = Files.write(directory.resolve("ids"), server.createTasks(500, PROCESSING));
            try (CliProcess cli = CliProcess.startInPreparedTerminal(
                    server, "stty cols " + columns, "stop", "--file", file.toString())) {
                String shown = cli.readUntil("500 stopped");

                assertThat(drawings(shown)).isNotEmpty().allMatch(drawing -> drawing.length() < columns);
                assertThat(cli.end().exitCode()).isEqualTo(Exit.OK);
            }
        }
    }

    @Test
    void the_bar_follows_a_terminal_that_becomes_narrower() throws Exception {
        Path narrower = directory.resolve("narrower");
        String resize = "stty cols 80; { until [ -e %s ]; do sleep 0.05; done; stty cols 40; } < /dev/tty &"
                .formatted(narrower);
        try (TaskServer server = TaskServer.start()) {
            List<String> ids = server.createTasks(200, PROCESSING);
            Path file = Files.write(directory.resolve("ids"), ids);
            try (CliProcess cli = CliProcess.startInPreparedTerminal(
                    server, resize + " :", "stop", "--rpm", "60", "--file", file.toString())) {
                cli.readUntil(shown -> drawings(shown.toString()).stream().anyMatch(drawing -> drawing.length() > 40));
                Files.createFile(narrower);

                cli.readUntil(shown -> drawings(shown.toString()).stream()
                        .anyMatch(drawing -> !drawing.isEmpty() && drawing.length() < 40));

                String later = cli.readUntil(shown -> drawings(shown.toString()).size() > 5);
                assertThat(drawings(later)).allMatch(drawing -> drawing.length() < 40);
            }
        }
    }

    /** What stands between two clearings of the line; the last may not be whole. */
    private static List<String> drawings(String shown) {
        List<String> parts = Arrays.asList(shown.split(Pattern.quote(CLEAR_LINE), -1));
        return parts.size() < 3
                ? List.of()
                : parts.subList(1, parts.size() - 1).stream()
                        .filter(part -> part.startsWith("Stopping"))
                        .toList();
    }
}
