package dev.taskstop.kafka;

/** Texts from elsewhere, made fit for a report or a line of a log. */
final class Texts {

    /** As much as a report shows of a text; no id of a task is longer. */
    static final int LONGEST = 256;

    /** Ends a text that was cut. No id has it, so nobody takes what is left for one. */
    static final String CUT = "…";

    private Texts() {}

    /** As much as is shown, and no half of a surrogate pair: that has no form in UTF-8. */
    static String cut(String text) {
        StringBuilder cut = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int room = LONGEST - (i == text.length() ? 0 : CUT.length());
            if (cut.length() + Character.charCount(c) > room) {
                return cut.append(CUT).toString();
            }
            cut.appendCodePoint(Character.getType(c) == Character.SURROGATE ? '\uFFFD' : c);
        }
        return cut.toString();
    }

    /** The same without what begins another line, moves a cursor or turns the direction of writing. */
    static String line(String text) {
        StringBuilder line = new StringBuilder();
        cut(text).codePoints().forEach(c -> line.appendCodePoint(isShown(c) ? c : '\uFFFD'));
        return line.toString();
    }

    private static boolean isShown(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
