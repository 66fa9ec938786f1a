package dev.taskstop.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what was stopped in a file, so that a server that is killed and started again, with the same seed and the same
 * tasks, still knows it. A stop is written before it is answered; the machine keeps what was written when the process
 * is killed.
 */
final class Journal {

    /** The last stop that took effect for a task. */
    record Stop(int request, long at) {}

    private static final Pattern LINE = Pattern.compile("(\\S+) (\\d{1,9}) (-?\\d{1,18}) .*");

    private final LineFile file;
    private final Map<String, Stop> known;

    private Journal(LineFile file, Map<String, Stop> known) {
        this.file = file;
        this.known = known;
    }

    static Journal open(Path path) {
        try {
            Map<String, Stop> known = Files.exists(path) ? read(path) : Map.of();
            return new Journal(LineFile.open(path), known);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Stop> read(Path path) throws IOException {
        Map<String, Stop> stops = new HashMap<>();
        for (String text : Files.readAllLines(path)) {
            Matcher line = LINE.matcher(text);
            if (!line.matches()) {
                throw new IllegalArgumentException("not a journal: " + path);
            }
            stops.put(line.group(1), new Stop(Integer.parseInt(line.group(2)), Long.parseLong(line.group(3))));
        }
        return stops;
    }

    /** How a task was stopped before the server was killed, or null when it was not. */
    @Nullable
    Stop stopOf(String taskId) {
        return known.get(LineFile.word(taskId));
    }

    /** Writes a line: the id, the number of the request, the time in milliseconds since 1970, whom it came from. */
    void stopped(Task task, int request, long at, String agent) {
        file.add(LineFile.word(task.id()) + " " + request + " " + at + " " + agent);
    }

    void close() {
        file.close();
    }
}
