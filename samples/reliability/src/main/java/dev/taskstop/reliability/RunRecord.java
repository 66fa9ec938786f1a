package dev.taskstop.reliability;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import tools.jackson.databind.json.JsonMapper;

/** The raw record of a run, as JSON lines: where and on what it ran, then what it found, line by line. */
final class RunRecord {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final @Nullable Path file;

    private RunRecord(@Nullable Path file) {
        this.file = file;
    }

    /**
     * Begins a record.
     *
     * @param file is written anew, in a folder that is made if there is none; null to keep no record
     * @param program what runs, and what it was asked for
     */
    static RunRecord begin(@Nullable Path file, @Nullable CommandSpec program) throws IOException {
        RunRecord record = new RunRecord(file);
        if (file != null) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.deleteIfExists(file);
            Map<String, Object> line = new LinkedHashMap<>();
            CommandLine command = requireNonNull(program).commandLine();
            line.put("program", command.getCommandName());
            line.put("options", String.join(" ", command.getParseResult().originalArgs()));
            line.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
            line.put("commit", commit());
            line.putAll(machine());
            record.add(line);
        }
        return record;
    }

    void add(Map<String, ?> line) {
        if (file == null) {
            return;
        }
        try {
            Files.writeString(
                    file, JSON.writeValueAsString(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> machine() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return Map.of(
                "cores",
                system.getAvailableProcessors(),
                "memoryGiB",
                system.getTotalMemorySize() >> 30,
                "jdk",
                Runtime.version().toString(),
                "system",
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    /** The commit of what runs, marked when something is not committed; unknown where there is no git. */
    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--exclude=*")
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String commit = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return commit.isEmpty() ? "unknown" : commit;
        } catch (IOException e) {
            return "unknown";
        }
    }
}
