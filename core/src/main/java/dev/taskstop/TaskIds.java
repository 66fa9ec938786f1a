package dev.taskstop;

import org.jspecify.annotations.Nullable;

/** What a task id may look like, and how it becomes a segment of a path. */
final class TaskIds {

    private static final int MAX_LENGTH = 256;
    private static final char[] HEX = "0123456789ABCDEF".toCharArray();

    private TaskIds() {}

    /** Tells what is wrong with an id, without repeating it; null when nothing is. */
    static @Nullable String problem(String id) {
        if (id.isBlank()) {
            return "A task id must not be blank";
        }
        if (id.length() > MAX_LENGTH) {
            return "A task id has at most " + MAX_LENGTH + " characters; this one has " + id.length();
        }
        if (id.equals(".") || id.equals("..")) {
            return "A task id must not be \".\" or \"..\"";
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= ' ' || c >= 0x7F || c == '/' || c == '\\') {
                return "A task id takes printable ASCII characters other than the space, / and \\;"
                        + " this one has U+%04X at position %d".formatted((int) c, i);
            }
        }
        return null;
    }

    /** Escapes an id that has no problem, as one segment of a path. */
    static String pathSegment(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!isUnreserved(id.charAt(i))) {
                return escape(id);
            }
        }
        return id;
    }

    private static String escape(String id) {
        StringBuilder escaped = new StringBuilder(id.length() + 8);
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (isUnreserved(c)) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HEX[c >> 4]).append(HEX[c & 0xF]);
            }
        }
        return escaped.toString();
    }

    private static boolean isUnreserved(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '-'
                || c == '_'
                || c == '.'
                || c == '~';
    }
}
