package dev.taskstop.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file to which lines are added, one after the other; the machine keeps them when the process is killed. */
final class LineFile implements AutoCloseable {

    private final FileChannel file;

    private LineFile(FileChannel file) {
        this.file = file;
    }

    static LineFile open(Path path) {
        try {
            return new LineFile(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes an id, which may have blanks, as one word. */
    static String word(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8);
    }

    synchronized void add(String line) {
        try {
            file.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
