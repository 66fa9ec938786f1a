package dev.taskstop.cli;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes out of a text what could move a cursor, forge a line, or turn around what stands beside it. Everything that is
 * printed for people comes through here; JSON escapes the same characters, see {@link Json}.
 */
final class Printable {

    /** What terminals obey, with one control character of eight bits or with two of seven. */
    private static final Pattern SEQUENCE = Pattern.compile("(?:\u001b\\[|\u009b)[0-?]*[ -/]*[@-~]"
            + "|(?:\u001b[]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\\\|\u009c)"
            + "|\u001b[ -/]*[0-Z\\\\^-~]");

    private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
    private static final int ZERO_WIDTH_JOINER = 0x200D;
    private static final char REPLACEMENT = '\uFFFD';

    private Printable() {}

    /** In one line. */
    static String line(@Nullable Object value) {
        return clean(String.valueOf(value), false);
    }

    /** With the tabs, as in program text. */
    static String lineWithTabs(String text) {
        return clean(text, true);
    }

    private static String clean(String text, boolean tabs) {
        if (isPlain(text)) {
            return text;
        }
        String withoutSequences = SEQUENCE.matcher(text).replaceAll("");
        StringBuilder clean = new StringBuilder(withoutSequences.length());
        withoutSequences.codePoints().forEach(c -> {
            if (c == '\t' && tabs) {
                clean.append('\t');
            } else {
                append(clean, c);
            }
        });
        return clean.toString();
    }

    /** The usual case costs one look. */
    private static boolean isPlain(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static void append(StringBuilder clean, int c) {
        switch (Character.getType(c)) {
            case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> clean.append(' ');
            case Character.SURROGATE -> clean.append(REPLACEMENT);
            case Character.CONTROL -> {
                if (Character.isWhitespace(c) || c == '\u0085') {
                    clean.append(' ');
                }
            }
            case Character.FORMAT -> {
                // Some scripts are not readable without these two; all others are invisible, and some turn text around.
                if (c == ZERO_WIDTH_NON_JOINER || c == ZERO_WIDTH_JOINER) {
                    clean.appendCodePoint(c);
                }
            }
            default -> clean.appendCodePoint(c);
        }
    }
}
