package dev.taskstop.cli;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import reactor.core.publisher.Flux;

/**
 * How far the stops of a list of ids have come, in a file that outlives the process.
 *
 * <p>It moves only over results that come in the order of the ids, so it is one number, and everything before it is
 * finished. It is written at each result, which is one write of {@value #LENGTH} bytes to one of two places in turn:
 * a process that dies while it writes leaves the other. Ids whose stop failed count as finished and are kept in a file
 * of their own, from which the next run begins.
 */
final class Checkpoint implements AutoCloseable {

    private static final Pattern RECORD = Pattern.compile(
            "(change (\\d{16}) finished (\\d{16}) retried (\\d{16}) ids ([0-9a-f]{16})) check ([0-9a-f]{8})\n");
    private static final int LENGTH = 111;

    private final Path file;
    private final FileChannel channel;
    private final FailedIds failedIds;
    private final long failedBefore;

    private long change;
    private long finished;
    private long retried;
    private long hash = IdHash.NONE;
    private boolean stands;

    /** Ids that are not found are not finished before one is found: perhaps all of them are looked for at the wrong place. */
    private boolean foundAny;

    private Checkpoint(Path file, FileChannel channel, boolean missingAllowed) throws IOException {
        this.file = file;
        this.channel = channel;
        boolean first = read(0);
        boolean second = read(1);
        if (!first && !second && channel.size() > 0) {
            throw new WrongCheckpointException(file + " is not a checkpoint of this program; it is left as it is");
        }
        Path failures = failuresOf(file);
        if (!first && !second) {
            if (Files.exists(failures) && Files.size(failures) > 0) {
                throw new WrongCheckpointException(failures + " is there without " + file + "; it is left as it is");
            }
            write();
        }
        failedIds = FailedIds.open(failures);
        failedBefore = failedIds.count();
        retried = Math.min(retried, failedBefore);
        foundAny = missingAllowed || finished > 0;
    }

    /**
     * Opens the file, or makes it.
     *
     * @param missingAllowed whether ids may be finished although none of them is found
     */
    static Checkpoint open(Path file, boolean missingAllowed) throws IOException {
        FileChannel channel = SafeFiles.open(file);
        try {
            if (channel.tryLock() == null) {
                throw new WrongCheckpointException(file + " is in use by another run");
            }
            return new Checkpoint(file, channel, missingAllowed);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    /** Where the ids that fail are kept. */
    static Path failuresOf(Path file) {
        return file.resolveSibling(file.getFileName() + ".failed");
    }

    long finished() {
        return foundAny ? finished : 0;
    }

    /** How many ids have failed and are to be tried again. */
    long failures() {
        return failedIds.count() - retried;
    }

    Path failuresFile() {
        return failedIds.file();
    }

    /** What is left: the ids that failed before, then those of the input that are not finished. */
    Flux<String> left(IdReader input) throws IOException {
        long passed = IdHash.NONE;
        for (long i = 0; i < finished; i++) {
            String id = input.next();
            if (id == null) {
                throw otherInput();
            }
            passed = IdHash.add(passed, id);
        }
        if (passed != hash) {
            throw otherInput();
        }
        return failedIds.ids(retried, failedBefore).concatWith(input.rest());
    }

    /** Takes the next result. Where one is not final the checkpoint stands, whatever comes after it. */
    void add(StopResult result) throws IOException {
        stands |= result instanceof Skipped;
        if (stands) {
            return;
        }
        foundAny |= !(result instanceof NotFound);
        if (result instanceof Failed) {
            failedIds.add(result.taskId());
        }
        if (retried < failedBefore) {
            retried++;
        } else {
            finished++;
            hash = IdHash.add(hash, result.taskId());
        }
        if (foundAny) {
            write();
        }
    }

    /** A crash in here lets ids that have failed and succeeded since be tried once more; it loses none. */
    @Override
    public void close() throws IOException {
        long done = retried;
        retried = 0;
        if (!foundAny) {
            finished = 0;
            hash = IdHash.NONE;
        }
        try (channel) {
            write();
            channel.force(true);
            failedIds.closeWithout(done);
        }
    }

    /** One that fails leaves the place of the last good one alone, and so does the next try. */
    private void write() throws IOException {
        long next = change + 1;
        String record = String.format(
                Locale.ROOT, "change %016d finished %016d retried %016d ids %016x", next, finished, retried, hash);
        String line = String.format(Locale.ROOT, "%s check %08x\n", record, check(record));
        ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII));
        long place = (next + 1) % 2 * LENGTH;
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes, place + bytes.position());
            }
        } catch (IOException e) {
            throw SafeFiles.notWritten(file, e);
        }
        change = next;
    }

    private boolean read(int place) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LENGTH);
        channel.read(bytes, (long) place * LENGTH);
        Matcher record = RECORD.matcher(new String(bytes.array(), StandardCharsets.US_ASCII));
        if (!record.matches() || Long.parseLong(record.group(6), 16) != check(record.group(1))) {
            return false;
        }
        long found = Long.parseLong(record.group(2));
        if (found > change) {
            change = found;
            finished = Long.parseLong(record.group(3));
            retried = Long.parseLong(record.group(4));
            hash = Long.parseUnsignedLong(record.group(5), 16);
        }
        return true;
    }

    private static long check(String record) {
        CRC32 crc = new CRC32();
        crc.update(record.getBytes(StandardCharsets.US_ASCII));
        return crc.getValue();
    }

    private WrongCheckpointException otherInput() {
        return new WrongCheckpointException(
                "%s belongs to other ids: the first %,d are not those that it says are finished"
                        .formatted(file, finished));
    }

    /** Nothing can be sent with this file. */
    static final class WrongCheckpointException extends IOException {
        private static final long serialVersionUID = 1L;

        WrongCheckpointException(String message) {
            super(message);
        }
    }

    /** A running hash (FNV-1a, 64 bits) that tells one list of ids from another. */
    private static final class IdHash {
        static final long NONE = 0xcbf29ce484222325L;
        private static final long PRIME = 0x100000001b3L;

        static long add(long hash, String id) {
            long next = hash;
            for (int i = 0; i < id.length(); i++) {
                next = (next ^ id.charAt(i)) * PRIME;
            }
            return (next ^ '\n') * PRIME;
        }
    }
}
