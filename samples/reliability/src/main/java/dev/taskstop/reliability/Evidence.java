package dev.taskstop.reliability;

import dev.taskstop.reliability.World.Party;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the server wrote down while it ran: each stop that took effect, each request, and what each answer said. */
final class Evidence {

    /** What one party asked and was told about one task. */
    static final class Told {
        int stops;
        int effects;
        boolean notFound;

        /** The states in answers to stops; those to questions. */
        final Set<String> byStops = new HashSet<>();

        final Set<String> byStatus = new HashSet<>();
    }

    private record Subject(String agent, String id) {}

    private final Map<Subject, Told> told = new HashMap<>();
    private final Map<String, List<String>> lines = new HashMap<>();
    private final Map<String, Integer> effects = new HashMap<>();
    private final Set<String> refused = new HashSet<>();
    private long answers;

    /**
     * Reads it.
     *
     * @param journal a line for each stop that took effect, which says for whom
     * @param accessLog a line for each request, and one for each answer
     */
    Evidence(Path journal, Path accessLog) throws IOException {
        for (String line : read(accessLog)) {
            answer(line, line.split(" ", 6));
        }
        for (String line : read(journal)) {
            String[] parts = line.split(" ", 4);
            lines(parts[0]).add("took effect: " + line);
            effects.merge(parts[0], 1, Integer::sum);
            told(parts[3], parts[0]).effects++;
        }
    }

    /** A server that was killed may have written half a line, and nothing of what it is about. */
    private static List<String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of();
        }
        String all = Files.readString(file);
        return all.substring(0, all.lastIndexOf('\n') + 1).lines().toList();
    }

    private void answer(String line, String[] parts) {
        String route = parts[1];
        Told it = told(parts[5], parts[2]);
        lines(parts[2]).add(line);
        if (parts[3].equals("-")) {
            it.stops += route.equals("STOP") ? 1 : 0;
            return;
        }
        answers++;
        it.notFound |= parts[3].equals("404");
        if (parts[3].equals("403")) {
            refused.add(party(parts[5]));
        }
        if (!parts[4].equals("-")) {
            (route.equals("STOP") ? it.byStops : it.byStatus).add(parts[4]);
        }
    }

    private Told told(String userAgent, String id) {
        return told.computeIfAbsent(new Subject(party(userAgent), id), subject -> new Told());
    }

    /** The last word of a User-Agent is the application's. */
    private static String party(String userAgent) {
        return userAgent.substring(userAgent.lastIndexOf(' ') + 1);
    }

    /** What a party asked and was told about a task. */
    Told of(Party party, String id) {
        return told.getOrDefault(new Subject(party.agent(), id), new Told());
    }

    /** How often a task was stopped, by whomever. */
    int effects(String id) {
        return effects.getOrDefault(id, 0);
    }

    /** Whether a party was ever answered with 403. */
    boolean isRefused(Party party) {
        return refused.contains(party.agent());
    }

    /** How many answers there were in all. */
    long answers() {
        return answers;
    }

    /** All that was written down about a task. */
    List<String> lines(String id) {
        return lines.computeIfAbsent(id, key -> new ArrayList<>());
    }
}
