package dev.taskstop;

/** Text of somebody's own in a line of a log. */
final class LogText {

    private LogText() {}

    /**
     * Writes what could begin a line, or hide or turn around what stands in one, as an escape: control characters, line
     * and paragraph separators, and marks that only direct how the rest is shown.
     */
    static String oneLine(String text) {
        StringBuilder line = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (isHarmless(c)) {
                line.appendCodePoint(c);
            } else {
                line.append(String.format("\\u%04x", c));
            }
        });
        return line.toString();
    }

    private static boolean isHarmless(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> false;
            default -> true;
        };
    }
}
