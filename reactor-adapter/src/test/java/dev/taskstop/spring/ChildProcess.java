package dev.taskstop.spring;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An application in a JVM of its own, with other libraries than this one has. */
final class ChildProcess {

    private ChildProcess() {}

    static Process start(String classPath, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                main.getName()));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    /**
     * This JVM's class path, changed.
     *
     * @param without what the file names of jars to leave out begin with
     * @param with a folder of jars to add
     */
    static String classPath(Pattern without, Path with) throws IOException {
        try (Stream<Path> added = Files.list(with)) {
            return Stream.concat(added.sorted().map(Path::toString), Stream.of(classPath(without)))
                    .collect(Collectors.joining(File.pathSeparator));
        }
    }

    /** This JVM's class path without the jars whose file names begin so. */
    static String classPath(Pattern without) {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !without.matcher(String.valueOf(Path.of(entry).getFileName()))
                        .lookingAt())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The output to its end. */
    static String output(Process process) throws IOException {
        try (BufferedReader reader = process.inputReader()) {
            return reader.lines().collect(Collectors.joining("\n"));
        }
    }
}
