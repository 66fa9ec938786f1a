package dev.taskstop.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where results go. */
final class ResultsOption {

    @Option(
            names = "--results",
            defaultValue = "results",
            description = "Directory for what is written (${DEFAULT-VALUE}).")
    private Path directory = Path.of("");

    Path file(String name) throws IOException {
        return Files.createDirectories(directory).resolve(name);
    }

    /** Writes a text, and prints it. */
    void write(String name, String text) throws IOException {
        Path file = Files.writeString(file(name), text);
        System.out.println(text);
        System.out.println("Written to " + file.toAbsolutePath().normalize());
    }
}
