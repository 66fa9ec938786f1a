package dev.taskstop.cli;

import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An archive of the classes that the program loads, from which Java starts in half the time. It fits one Java and one
 * jar only, so the first run with them makes it, in the user's cache, beside its own work; the launcher says where.
 */
final class ClassData {

    private static final String ARCHIVE = "taskstop.archive";

    /** After which an archive that could not be made is tried again. */
    private static final Duration LATER = Duration.ofDays(1);

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private ClassData() {}

    /** Has the archive made by a process of its own, unless it is there and fits. */
    static void makeInBackground() {
        String archive = System.getProperty(ARCHIVE, "");
        if (archive.isEmpty()) {
            return;
        }
        try {
            Path file = Path.of(archive);
            if (!isTried(file) && hasPlace(file)) {
                java(List.of(), ClassData.class.getName(), archive).start();
            }
        } catch (IOException | RuntimeException e) {
            // Without an archive the start takes longer, and nothing else.
        }
    }

    /**
     * Makes the archive.
     *
     * @param args the file
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        Path archive = Path.of(args[0]).toAbsolutePath();
        Path directory = archive.getParent();
        if (directory == null) {
            return;
        }
        createPrivately(directory);
        Path lock = sibling(archive, ".lock");
        try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (channel.tryLock() != null && !isTried(archive)) {
                Files.writeString(stamp(archive), identity());
                make(archive);
            }
        }
    }

    /** Of all classes, those of the JDK and old ones among them, which one that is made at an exit leaves out. */
    private static void make(Path archive) throws IOException, InterruptedException {
        Path part = sibling(archive, ".part");
        Path classes = sibling(archive, ".classes");
        run(java(List.of("-XX:DumpLoadedClassList=" + classes), Training.class.getName()));
        run(java(List.of("-Xshare:dump", "-XX:SharedClassListFile=" + classes, "-XX:SharedArchiveFile=" + part)));
        Files.deleteIfExists(classes);
        if (Files.exists(part)) {
            Files.move(part, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static void run(ProcessBuilder program) throws IOException, InterruptedException {
        Process process = program.start();
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** Whether it could be kept: where it could not, to try again after each command would be work for nothing. */
    static boolean hasPlace(Path archive) {
        Path place = archive.toAbsolutePath().getParent();
        while (place != null && !Files.exists(place)) {
            place = place.getParent();
        }
        return place != null && Files.isDirectory(place) && Files.isWritable(place);
    }

    private static boolean isTried(Path archive) throws IOException {
        Path stamp = stamp(archive);
        if (!Files.isRegularFile(stamp) || !Files.readString(stamp).equals(identity())) {
            return false;
        }
        return Files.isRegularFile(archive)
                || Files.getLastModifiedTime(stamp).toInstant().plus(LATER).isAfter(Instant.now());
    }

    /** What an archive fits. */
    private static String identity() throws IOException {
        StringBuilder identity = new StringBuilder(System.getProperty("java.home"))
                .append('\n')
                .append(System.getProperty("java.vm.version"));
        for (String entry : classPath().split(File.pathSeparator, -1)) {
            Path jar = Path.of(entry);
            identity.append('\n')
                    .append(jar)
                    .append(' ')
                    .append(Files.size(jar))
                    .append(' ')
                    .append(Files.getLastModifiedTime(jar));
        }
        return identity.toString();
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static Path stamp(Path archive) {
        return sibling(archive, ".for");
    }

    private static Path sibling(Path file, String ending) {
        return file.resolveSibling(file.getFileName() + ending);
    }

    private static void createPrivately(Path directory) throws IOException {
        if (Files.isDirectory(directory)) {
            return;
        }
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectories(directory);
        }
    }

    /** The same Java with the same flags as far as an archive depends on them, heard by nobody. */
    private static ProcessBuilder java(List<String> flags, String... program) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xlog:disable"));
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath()));
        command.addAll(List.of(program));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD);
    }
}
