package dev.taskstop;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** The documented answers, one file each. */
final class Fixtures {

    private Fixtures() {}

    static String read(String name) {
        try (InputStream file = Objects.requireNonNull(Fixtures.class.getResourceAsStream("/fixtures/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
