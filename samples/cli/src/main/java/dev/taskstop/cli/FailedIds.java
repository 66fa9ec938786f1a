package dev.taskstop.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import reactor.core.publisher.Flux;

/** The ids whose stop failed, one a line, in a file that is only appended to while a run goes on. */
final class FailedIds {

    private final Path file;
    private final FileChannel channel;
    private long count;

    private FailedIds(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Opens the file. What is behind its last line break is half an id, of a process that died while it wrote. */
    static FailedIds open(Path file) throws IOException {
        FileChannel channel = SafeFiles.open(file);
        FailedIds ids = new FailedIds(file, channel);
        channel.truncate(ids.offsetOf(Long.MAX_VALUE));
        channel.position(channel.size());
        return ids;
    }

    Path file() {
        return file;
    }

    long count() {
        return count;
    }

    void add(String id) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((id + "\n").getBytes(StandardCharsets.UTF_8));
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw SafeFiles.notWritten(file, e);
        }
        count++;
    }

    /** The ids of some lines, as they are now. */
    Flux<String> ids(long fromLine, long toLine) throws IOException {
        if (fromLine >= toLine) {
            return Flux.empty();
        }
        InputStream input = Files.newInputStream(file);
        input.skipNBytes(offsetOf(fromLine));
        return IdReader.ofOwn(input).rest().take(toLine - fromLine);
    }

    /** Makes the changes last, without the first lines; without any, there is no file. */
    void closeWithout(long lines) throws IOException {
        long kept = offsetOf(lines);
        if (kept == channel.size()) {
            channel.close();
            Files.deleteIfExists(file);
            return;
        }
        if (kept > 0) {
            Path shorter = file.resolveSibling(file.getFileName() + ".tmp");
            try (FileChannel copy = SafeFiles.replace(shorter, file)) {
                for (long at = kept; at < channel.size(); ) {
                    at += channel.transferTo(at, channel.size() - at, copy);
                }
                copy.force(true);
            } catch (FileSystemException e) {
                throw e;
            } catch (IOException e) {
                throw SafeFiles.notWritten(shorter, e);
            }
            Files.move(shorter, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else {
            channel.force(true);
        }
        channel.close();
    }

    /** Where a line begins; the end of the last whole line when there are fewer. Counts the lines by the way. */
    private long offsetOf(long line) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
        long lines = 0;
        long offset = 0;
        for (long at = 0; lines < line && channel.read(bytes, at) > 0; at += bytes.limit(), bytes.clear()) {
            bytes.flip();
            for (int i = 0; i < bytes.limit() && lines < line; i++) {
                if (bytes.get(i) == '\n') {
                    lines++;
                    offset = at + i + 1;
                }
            }
        }
        if (line == Long.MAX_VALUE) {
            count = lines;
        }
        return offset;
    }
}
