package dev.taskstop.cli;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Objects;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a process of the tests is started: with the first compiler and from an archive of class data, as the launcher
 * starts the program. Without, the start takes most of the time of a test.
 */
final class Start {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final List<String> COMMAND = command();

    private Start() {}

    /** What goes before the arguments of a program. */
    static List<String> of(Class<?> program) {
        return Stream.concat(COMMAND.stream(), Stream.of(program.getName())).toList();
    }

    /** One process of the tests makes the archive, the others wait for it. */
    private static List<String> command() {
        try {
            Path directory = Files.createDirectories(Path.of("target", "start").toAbsolutePath());
            try (FileChannel file = FileChannel.open(
                            directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = file.lock()) {
                Objects.requireNonNull(lock);
                String classPath = Stream.of(
                                System.getProperty("java.class.path").split(File.pathSeparator))
                        .map(entry -> jar(directory, Path.of(entry)).toString())
                        .collect(Collectors.joining(File.pathSeparator));
                Path archive = directory.resolve("classes.jsa");
                // Without an archive a start takes longer, and nothing else.
                int unused = new ProcessBuilder(JAVA, "-cp", classPath, ClassData.class.getName(), archive.toString())
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
                return List.of(
                        JAVA,
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-XX:SharedArchiveFile=" + archive,
                        "-Xlog:disable",
                        "-cp",
                        classPath);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** There are no class data of what is in folders. */
    private static Path jar(Path directory, Path entry) {
        if (!Files.isDirectory(entry)) {
            return entry;
        }
        Path jar = directory.resolve(Integer.toHexString(entry.hashCode()) + ".jar");
        try (Stream<Path> files = Files.walk(entry)) {
            FileTime newest =
                    files.map(Start::modified).max(FileTime::compareTo).orElseThrow();
            if (!Files.exists(jar) || modified(jar).compareTo(newest) < 0) {
                int exitCode = ToolProvider.findFirst("jar")
                        .orElseThrow()
                        .run(System.out, System.err, "--create", "--file=" + jar, "-C", entry.toString(), ".");
                if (exitCode != 0) {
                    throw new IllegalStateException("jar ended with " + exitCode);
                }
            }
            return jar;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
