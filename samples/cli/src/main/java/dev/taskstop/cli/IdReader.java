package dev.taskstop.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.Reader;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Reads ids, no sooner than they are asked for. They stand one or several a line, with white space of any kind between
 * them; from a {@code #} at the beginning of a word to the end of the line is a comment. What editors and other programs
 * put around lines of text is passed over: byte order marks, carriage returns, NUL. What they put around an id, such as
 * quotes, is left where it is, because it may as well be another file than was meant.
 */
final class IdReader {

    /** No id is as long; a file that is no list of ids must not fill the memory. */
    private static final int MAX_ID = 1024;

    /** A file that was cut off by a crash ends in some; a device gives nothing else. */
    private static final int MAX_NULS = 1 << 20;

    private static final int END_OF_INPUT = -1;
    private static final int BYTE_ORDER_MARK = 0xFEFF;
    private static final int ZERO_WIDTH_SPACE = 0x200B;

    /** No id has any other character, and none is without a letter or a digit, as what begins an item of a list. */
    private static final Pattern ID = Pattern.compile("[\\w.~-]*[0-9A-Za-z][\\w.~-]*");

    private final Opening opening;
    private final boolean comments;
    private @Nullable BufferedReader reader;
    private long line = 1;
    private long nuls;

    /** Waits for the first byte, so it is done when the first id is asked for. */
    private interface Opening {
        Reader open() throws IOException;
    }

    private IdReader(Opening opening, boolean comments) {
        this.opening = opening;
        this.comments = comments;
    }

    /** Of a file or a pipe, in UTF-8, or in UTF-16 where a byte order mark says so. */
    static IdReader of(InputStream input) {
        return new IdReader(
                () -> {
                    PushbackInputStream bytes = new PushbackInputStream(input, 2);
                    return new InputStreamReader(bytes, charset(bytes));
                },
                true);
    }

    /** Of a file that this program wrote, one a line. */
    static IdReader ofOwn(InputStream input) {
        return new IdReader(() -> new InputStreamReader(input, StandardCharsets.UTF_8), false);
    }

    /** Of arguments, in which the shell has passed over the comments. */
    static IdReader of(Iterable<String> arguments) {
        return new IdReader(() -> new StringReader(String.join("\n", arguments)), false);
    }

    /** Of a text. */
    static IdReader of(Reader text) {
        return new IdReader(() -> text, true);
    }

    /** The next id; null at the end. Blocks. */
    synchronized @Nullable String next() throws IOException {
        StringBuilder id = new StringBuilder();
        int c = read();
        while (c != END_OF_INPUT && !(isSeparator(c) && !id.isEmpty())) {
            if (c == '#' && comments && id.isEmpty()) {
                c = lineEnd();
            } else {
                if (!isSeparator(c)) {
                    append(id, c);
                }
                c = read();
            }
        }
        if (c == 0 && id.length() == 1) {
            throw noList("looks like UTF-16 without a byte order mark: a list of ids is text in UTF-8");
        }
        return id.isEmpty() ? null : id.toString();
    }

    /** What is left, read where it is subscribed to, one id for each that is requested. */
    Flux<String> rest() {
        return Flux.generate(sink -> {
            try {
                String id = next();
                if (id == null) {
                    sink.complete();
                } else {
                    sink.next(id);
                }
            } catch (IOException e) {
                sink.error(new UncheckedIOException(e));
            }
        });
    }

    /** Reads to the end, and tells how many ids that were. */
    long countRest() throws IOException {
        long count = 0;
        while (next() != null) {
            count++;
        }
        return count;
    }

    /** Tells whether an id has something around it, or is more than one: it was not meant like this. */
    static boolean looksWrapped(String id) {
        return !ID.matcher(id).matches();
    }

    /** Tells whether an id that is printed as it is would be read as that one id. */
    static boolean isReadBack(String id) {
        try {
            IdReader written = of(new StringReader(id));
            return id.equals(written.next()) && written.next() == null && id.equals(Printable.line(id));
        } catch (IOException e) {
            return false;
        }
    }

    private int lineEnd() throws IOException {
        int c = read();
        while (c != END_OF_INPUT && c != '\n' && c != '\r') {
            c = read();
        }
        return c;
    }

    private int read() throws IOException {
        int c = readOne();
        line += c == '\n' ? 1 : 0;
        nuls = c == 0 ? nuls + 1 : 0;
        if (nuls > MAX_NULS) {
            throw noList("is all NUL characters: no list of ids");
        }
        return c;
    }

    private int readOne() throws IOException {
        try {
            if (reader == null) {
                reader = new BufferedReader(opening.open());
            }
            return reader.read();
        } catch (IOException e) {
            throw new IOException("the ids cannot be read: " + e.getMessage(), e);
        }
    }

    private void append(StringBuilder id, int c) throws IOException {
        if (id.length() == MAX_ID) {
            throw noList("has a word of more than " + MAX_ID + " characters: no list of ids");
        }
        id.append((char) c);
    }

    private IOException noList(String why) {
        return new IOException("line " + line + " of the input " + why);
    }

    private static boolean isSeparator(int c) {
        return c == 0
                || c == BYTE_ORDER_MARK
                || c == ZERO_WIDTH_SPACE
                || c == '\u0085'
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c);
    }

    /** Reads no more than it has to, so that who types an id need not type two. */
    private static Charset charset(PushbackInputStream bytes) throws IOException {
        int first = bytes.read();
        if (first != 0xFE && first != 0xFF) {
            if (first != END_OF_INPUT) {
                bytes.unread(first);
            }
            return StandardCharsets.UTF_8;
        }
        int second = bytes.read();
        if (first + second == 0xFE + 0xFF) {
            return first == 0xFE ? StandardCharsets.UTF_16BE : StandardCharsets.UTF_16LE;
        }
        if (second != END_OF_INPUT) {
            bytes.unread(second);
        }
        bytes.unread(first);
        return StandardCharsets.UTF_8;
    }
}
