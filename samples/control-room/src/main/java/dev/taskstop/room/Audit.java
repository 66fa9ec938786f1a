package dev.taskstop.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Who stopped what, when, why, and what came of it: a line of JSON for the beginning and one for the end of each batch,
 * one for a cancel, and one for what was taken off the list of those that need a person.
 */
@Component
class Audit implements AutoCloseable {

    static final int SHOWN = 200;

    private static final Logger log = LoggerFactory.getLogger(Audit.class);
    private static final int CLOSE_SECONDS = 2;
    private static final int MAX_UNWRITTEN = 1_000;
    private static final int TAIL_BYTES = 1 << 20;

    private final Path file;
    private final JsonMapper json;
    private final Sinks.Many<String> lines = Sinks.many().unicast().onBackpressureBuffer();
    private final CountDownLatch written = new CountDownLatch(1);
    private final Deque<String> unwritten = new ArrayDeque<>();
    private long lost;
    private volatile String problem = "";

    Audit(RoomProperties properties, JsonMapper json) {
        this.file = properties.audit();
        this.json = json;
        lines.asFlux()
                .publishOn(Schedulers.boundedElastic())
                .doFinally(signal -> written.countDown())
                .subscribe(this::write);
    }

    Path file() {
        return file;
    }

    /** Why the list is not whole; empty when it is. */
    String problem() {
        return problem;
    }

    void began(Batch.State batch, Order order) {
        Map<String, Object> entry = entry("began", batch, order);
        entry.put("tasks", batch.total());
        add(entry);
    }

    void cancelled(Batch.State batch, String by) {
        Map<String, Object> entry = entry("cancelled", by);
        entry.put("batch", batch.number());
        entry.put("what", batch.what());
        add(entry);
    }

    void ended(Batch.State batch, Order order) {
        Counts counts = batch.counts();
        Map<String, Object> entry = entry("ended", batch, order);
        entry.put("outcome", batch.label());
        entry.put("tasks", batch.total());
        entry.put("stopped", counts.stopped());
        entry.put("recovered", counts.recovered());
        entry.put("alreadyEnded", counts.alreadyEnded());
        entry.put("notFound", counts.notFound());
        entry.put("failed", counts.failed());
        entry.put("skipped", counts.skipped());
        entry.put("elapsedMs", batch.elapsed().toMillis());
        add(entry);
    }

    void dismissed(long tasks, String by) {
        Map<String, Object> entry = entry("dismissed", by);
        entry.put("tasks", tasks);
        add(entry);
    }

    private static Map<String, Object> entry(String event, Batch.State batch, Order order) {
        Map<String, Object> entry = entry(event, batch.startedBy());
        entry.put("batch", batch.number());
        entry.put("what", batch.what());
        entry.put("selector", order.selector());
        entry.put("reason", order.reason());
        return entry;
    }

    private static Map<String, Object> entry(String event, String by) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("at", Instant.now().toString());
        entry.put("event", event);
        entry.put("by", by);
        return entry;
    }

    private void add(Map<String, Object> entry) {
        String line = json.writeValueAsString(entry);
        synchronized (lines) {
            lines.tryEmitNext(line);
        }
    }

    /** One thread at a time. What could not be written waits for the next one, and is written before it. */
    private void write(String line) {
        unwritten.addLast(line);
        try {
            create();
            while (!unwritten.isEmpty()) {
                append(unwritten.getFirst());
                unwritten.removeFirst();
            }
            problem = lost == 0 ? "" : "The audit list is not whole." + lost();
        } catch (IOException | RuntimeException e) {
            log.warn("The audit list cannot be written to {}: {}. It is without {}", file, e.toString(), line);
            if (unwritten.size() > MAX_UNWRITTEN) {
                unwritten.removeFirst();
                lost++;
            }
            problem = "The audit list cannot be written (" + e.getClass().getSimpleName() + ": " + file
                    + "). Entries that" + " wait for it: " + Text.number(unwritten.size()) + "." + lost();
        }
    }

    private String lost() {
        return lost == 0 ? "" : " Entries that only the log has: " + Text.number(lost) + ".";
    }

    /** Who was killed while it wrote has left a part of a line, which is not to take the next one with it. */
    private void append(String line) throws IOException {
        String whole = (endsWithLine() ? "" : "\n") + line + "\n";
        try (OutputStream out = Files.newOutputStream(file, APPEND, LinkOption.NOFOLLOW_LINKS)) {
            out.write(whole.getBytes(UTF_8));
        }
    }

    private boolean endsWithLine() throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(file, READ, LinkOption.NOFOLLOW_LINKS)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return in.size() == 0 || in.position(in.size() - 1).read(last) < 1 || last.get(0) == '\n';
        }
    }

    /** The newest entries, the newest first; a line that is none is passed over. */
    Mono<List<AuditEntry>> newest() {
        return Mono.fromCallable(this::readTail).subscribeOn(Schedulers.boundedElastic());
    }

    /** For nobody's eyes but those of who runs the page, where the file system knows of such. */
    private void create() throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } else {
            Files.createFile(file);
        }
    }

    private List<AuditEntry> readTail() throws IOException {
        if (Files.notExists(file)) {
            return List.of();
        }
        byte[] tail;
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(Math.max(0, in.length() - TAIL_BYTES));
            tail = new byte[(int) (in.length() - in.getFilePointer())];
            in.readFully(tail);
        }
        List<AuditEntry> entries = new ArrayList<>();
        new String(tail, UTF_8).lines().forEach(line -> parse(line).ifPresent(entries::add));
        Collections.reverse(entries);
        return List.copyOf(entries.subList(0, Math.min(SHOWN, entries.size())));
    }

    private Optional<AuditEntry> parse(String line) {
        try {
            Map<String, Object> fields = json.readValue(line, new TypeReference<>() {});
            return Optional.ofNullable(fields).map(AuditEntry::of);
        } catch (JacksonException e) {
            log.debug("A line of the audit list is none", e);
            return Optional.empty();
        }
    }

    /** Waits until what is left is written, which comes from batches that ended just now. */
    @Override
    public void close() {
        synchronized (lines) {
            lines.tryEmitComplete();
        }
        try {
            if (!written.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                log.warn("The audit list could not be written to its end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
