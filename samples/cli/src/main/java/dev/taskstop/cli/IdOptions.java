package dev.taskstop.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Which tasks: named one by one, or read from a file or from standard input. */
final class IdOptions {

    static final String STANDARD_INPUT = "-";

    /** What is wrong with an id that is blank. */
    static final String BLANK = "an ID is blank; is it a variable that is not set?";

    /** Where standard input has a name, it may be a file whose end can be counted to. */
    private static final Path INPUT_DEVICE = Path.of("/dev/stdin");

    /** Where the output goes has a name as well. */
    static final List<Path> OUTPUT_DEVICES = List.of(Path.of("/dev/stdout"), Path.of("/dev/stderr"));

    @Parameters(
            paramLabel = "ID",
            arity = "0..*",
            description = "Ids of tasks; - reads them from standard input: white space between them, # for comments.")
    private List<String> ids = List.of();

    @Option(names = "--file", paramLabel = "FILE", description = "Read the ids from this file, in the same form.")
    private @Nullable Path file;

    @Option(names = "--allow-missing", description = "Exit with 0 although tasks are not found.")
    private boolean missingAllowed;

    /** How many ways of naming tasks are used. */
    int sources() {
        return (ids.isEmpty() ? 0 : 1) + (file == null ? 0 : 1);
    }

    boolean isMissingAllowed() {
        return missingAllowed;
    }

    /** Tells whether the ids were not typed, so that nobody knows how many they are. */
    boolean isRead() {
        return file != null || isStandardInput();
    }

    /** Tells whether it is one id, typed. */
    boolean isOne() {
        return !isRead() && ids.size() == 1;
    }

    private boolean isStandardInput() {
        return ids.contains(STANDARD_INPUT);
    }

    /** Where the ids come from, for a message. */
    String origin() {
        return file != null ? file.toString() : isStandardInput() ? "standard input" : "the arguments";
    }

    /** Checks them where nothing else names tasks. */
    void checkGiven(CommandLine command) {
        require(command, sources() > 0, "which tasks? Give their ids, -, or --file FILE");
        require(command, sources() == 1, "ids and --file exclude each other");
        check(command);
    }

    /** Checks them where a list may name the tasks instead. */
    void check(CommandLine command, boolean active, SelectOptions selection) {
        int sources = sources() + (active ? 1 : 0);
        require(command, sources > 0, "which tasks? Give their ids, -, --file FILE, or --active");
        require(command, sources == 1, "ids, --file and --active exclude each other");
        List<String> given = selection.given();
        require(command, active || given.isEmpty(), String.join(", ", given) + " goes with --active");
        check(command);
    }

    /** Checks what is there. */
    void check(CommandLine command) {
        require(command, ids.size() <= 1 || !isStandardInput(), "- for standard input stands alone");
        require(command, ids.stream().noneMatch(String::isBlank), BLANK);
        require(
                command,
                !isStandardInput() || !Terminals.isInputClosed(),
                "standard input is closed: there are no ids to read from -");
        Path from = file;
        require(
                command,
                from == null || (Files.isReadable(from) && !Files.isDirectory(from)),
                "--file takes a file that can be read: " + from);
        // Each line of the output would be read as further ids, for ever.
        require(
                command,
                OUTPUT_DEVICES.stream().noneMatch(this::isReadFrom),
                "the ids are read from the file that the output goes to");
    }

    /** Tells whether the ids are read from this very file, under whatever name. */
    boolean isReadFrom(Path other) {
        return isRead() && SafeFiles.isSame(file == null ? INPUT_DEVICE : file, other);
    }

    private static void require(CommandLine command, boolean condition, String message) {
        if (!condition) {
            throw new ParameterException(command, message);
        }
    }

    IdReader open() throws IOException {
        if (file != null) {
            return IdReader.of(SafeFiles.read(file));
        }
        return isStandardInput() ? IdReader.of(new FileInputStream(FileDescriptor.in)) : IdReader.of(ids);
    }

    /** Tells whether reading to the end takes no longer than the reading. */
    boolean isBounded() {
        return !isRead() || Files.isRegularFile(file != null ? file : INPUT_DEVICE);
    }

    /** How many there are; -1 when only reading them tells. */
    long count() throws IOException {
        if (file == null || !Files.isRegularFile(file)) {
            return isRead() ? -1 : ids.size();
        }
        return open().countRest();
    }
}
