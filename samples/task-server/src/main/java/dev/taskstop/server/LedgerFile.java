package dev.taskstop.server;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;

/** Writes a ledger as JSON lines: one for each task, and one with the totals at the end. */
final class LedgerFile {

    private LedgerFile() {}

    static void write(Ledger ledger, Path file) {
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
            Iterator<LedgerEntry> entries = ledger.tasks().iterator();
            while (entries.hasNext()) {
                writeLine(out, entries.next());
            }
            writeLine(out, Map.of("totals", ledger.totals()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void writeLine(OutputStream out, Object value) throws IOException {
        out.write(JsonBodies.write(value));
        out.write('\n');
    }
}
