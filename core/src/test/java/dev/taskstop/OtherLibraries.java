package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The class path of the tests with some of its jars left out, and others in their place. */
final class OtherLibraries {

    private OtherLibraries() {}

    /**
     * Changes the class path.
     *
     * @param without what the file names of jars to leave out begin with
     * @param with a folder of jars that come first, or one that is not there
     */
    static List<Path> classPath(Pattern without, Path with) throws IOException {
        List<Path> paths = new ArrayList<>();
        if (Files.isDirectory(with)) {
            try (Stream<Path> jars = Files.list(with)) {
                jars.sorted().forEach(paths::add);
            }
        }
        Arrays.stream(ownClassPath().split(File.pathSeparator))
                .map(Path::of)
                .filter(entry ->
                        !without.matcher(String.valueOf(entry.getFileName())).lookingAt())
                .forEach(paths::add);
        return paths;
    }

    /** Runs a JVM to its end, which has to be a good one, and gives what it prints. */
    static List<String> run(Path directory, String... arguments) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        Path complaints = directory.resolve("complaints");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(complaints.toFile())
                .start();
        try {
            assertThat(process.waitFor(50, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(complaints)).isZero();
        return Files.readAllLines(output);
    }

    static String joined(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    }

    /** Surefire starts a JVM with a jar that only names the class path, which it tells here. */
    private static String ownClassPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
