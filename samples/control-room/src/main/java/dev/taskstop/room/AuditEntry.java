package dev.taskstop.room;

import java.util.Map;
import java.util.Objects;

/**
 * A line of the audit list as its page shows it. Anybody may have written the file, so that any of its fields may be
 * missing, or something else than here; such a one is shown as it is.
 *
 * @param when the time in UTC
 * @param by who did it
 * @param event what was done
 * @param batch which batch it is about, in words; empty where it is about none
 * @param what how the batch is called
 * @param selector what its tasks had in common, unless its name says so
 * @param reason why
 * @param outcome what came of it, or how many tasks it is about
 */
record AuditEntry(
        String when,
        String by,
        String event,
        String batch,
        String what,
        String selector,
        String reason,
        String outcome) {

    private static final String TIME = "(\\S{10})T([\\d:]{8}).*";

    static AuditEntry of(Map<String, ?> line) {
        String what = text(line, "what");
        String selector = text(line, "selector");
        String batch = text(line, "batch");
        return new AuditEntry(
                text(line, "at").replaceFirst(TIME, "$1 $2 UTC"),
                text(line, "by"),
                text(line, "event"),
                batch.isEmpty() ? "" : "batch " + batch,
                what,
                what.contains(selector) ? "" : selector,
                text(line, "reason"),
                outcome(line));
    }

    private static String outcome(Map<String, ?> line) {
        String outcome = text(line, "outcome");
        if (!outcome.isEmpty()) {
            return outcome + ": " + number(line, "stopped") + " of " + number(line, "tasks") + " stopped";
        }
        String tasks = number(line, "tasks");
        return tasks.isEmpty() ? "" : tasks + (tasks.equals("1") ? " task" : " tasks");
    }

    private static String number(Map<String, ?> line, String name) {
        return line.get(name) instanceof Number number ? Text.number(number.longValue()) : text(line, name);
    }

    private static String text(Map<String, ?> line, String name) {
        return Text.plain(Objects.toString(line.get(name), ""));
    }
}
