package dev.taskstop.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Reads ids, one a line, no sooner than they are asked for. Passes over empty lines and blanks around an id. */
final class IdReader {

    /** No id is as long; a file that is no list of ids must not fill the memory. */
    private static final int MAX_LINE = 1024;

    private final BufferedReader reader;
    private long line;

    IdReader(Reader reader) {
        this.reader = new BufferedReader(reader);
    }

    IdReader(InputStream input) {
        this(new InputStreamReader(input, StandardCharsets.UTF_8));
    }

    /** The next id; null at the end. Blocks. */
    @Nullable
    String next() throws IOException {
        String text;
        do {
            text = nextLine();
        } while (text != null && text.isBlank());
        return text == null ? null : text.strip();
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

    private @Nullable String nextLine() throws IOException {
        line++;
        StringBuilder text = new StringBuilder();
        int c = reader.read();
        while (c >= 0 && c != '\n') {
            if (text.length() == MAX_LINE) {
                throw new IOException(
                        "line " + line + " of the input has more than " + MAX_LINE + " characters: no list of ids");
            }
            text.append((char) c);
            c = reader.read();
        }
        return c < 0 && text.isEmpty() ? null : text.toString();
    }
}
