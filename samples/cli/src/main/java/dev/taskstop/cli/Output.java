package dev.taskstop.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Writes to a standard stream, each line at once, and remembers why that failed. {@code PrintStream} would forget it, so
 * that what went to a full disk would be lost without a word.
 */
final class Output extends Writer {

    private static final Output STANDARD = new Output(FileDescriptor.out, "/dev/stdout");
    private static final Output ERROR = new Output(FileDescriptor.err, "/dev/stderr");

    private static final int KIND_OF_FILE = 0xF000;
    private static final int PIPE = 0x1000;
    private static final int SOCKET = 0xC000;

    private final FileOutputStream stream;
    private final String device;
    private @Nullable IOException failure;
    private boolean told;
    private long written;
    private long lost;

    private Output(FileDescriptor file, String device) {
        this.stream = new FileOutputStream(file);
        this.device = device;
    }

    /** Where results go. */
    static Output standard() {
        return STANDARD;
    }

    /** Where messages go. */
    static Output error() {
        return ERROR;
    }

    /** Writes a line, or counts it as lost. */
    synchronized void line(String text) {
        print(text + System.lineSeparator());
        lost += failure == null ? 0 : 1;
    }

    synchronized void print(String text) {
        if (failure == null && this == STANDARD && written == 0 && Terminals.isOutputClosed()) {
            failure = new IOException("it is closed");
        }
        if (failure == null) {
            try {
                written++;
                stream.write(text.getBytes(charset()));
            } catch (IOException e) {
                failure = e;
            }
        }
    }

    /** Why writing failed; null when it did not. */
    synchronized @Nullable IOException failure() {
        return failure;
    }

    /** The same in words. */
    String why() {
        IOException why = failure();
        return why == null ? "" : String.valueOf(why.getMessage());
    }

    /** The command itself has said what the failure means for it. */
    synchronized void markTold() {
        told = true;
    }

    synchronized boolean isTold() {
        return told;
    }

    /** How many lines did not get through. */
    synchronized long lost() {
        return lost;
    }

    /** Tells whether it failed because its reader went away, which is a reader's right. */
    boolean hasNoReader() {
        IOException why = failure();
        if (why == null) {
            return false;
        }
        try {
            int kind = (Integer) Files.getAttribute(Path.of(device), "unix:mode") & KIND_OF_FILE;
            return kind == PIPE || kind == SOCKET;
        } catch (IOException | UnsupportedOperationException e) {
            return String.valueOf(why.getMessage()).contains("pipe");
        }
    }

    @Override
    public void write(char[] buffer, int offset, int length) {
        print(new String(buffer, offset, length));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    /** A pipe or a file gets everything; a terminal gets what it can show, because it takes other bytes for commands. */
    private Charset charset() {
        Terminals terminals = Terminals.current();
        boolean terminal = this == STANDARD ? terminals.output() : terminals.error();
        return terminal ? Terminals.charset() : StandardCharsets.UTF_8;
    }
}
