package dev.taskstop.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private static final String TIME = "(\\S{10})T([\\d:]{8}).*";
    private static final int CLOSE_SECONDS = 2;
    private static final int TAIL_BYTES = 256 << 10;

    private final Path file;
    private final JsonMapper json;
    private final Sinks.Many<String> lines = Sinks.many().unicast().onBackpressureBuffer();
    private final CountDownLatch written = new CountDownLatch(1);
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

    /** Why the newest line could not be written; empty when it could. */
    String problem() {
        return problem;
    }

    void began(Batch.State batch, Order order) {
        Map<String, Object> entry = entry("began", batch, order);
        entry.put("tasks", batch.total());
        append(entry);
    }

    void cancelled(Batch.State batch, String by) {
        Map<String, Object> entry = entry("cancelled", by);
        entry.put("batch", batch.number());
        entry.put("what", batch.what());
        append(entry);
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
        append(entry);
    }

    void dismissed(int tasks, String by) {
        Map<String, Object> entry = entry("dismissed", by);
        entry.put("tasks", tasks);
        append(entry);
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

    private void append(Map<String, Object> entry) {
        String line = json.writeValueAsString(entry);
        synchronized (lines) {
            lines.tryEmitNext(line);
        }
    }

    private void write(String line) {
        try {
            create();
            try (OutputStream out = Files.newOutputStream(file, APPEND, LinkOption.NOFOLLOW_LINKS)) {
                out.write((line + "\n").getBytes(UTF_8));
            }
            problem = "";
        } catch (IOException e) {
            problem = "The audit list cannot be written (" + e.getClass().getSimpleName() + ": " + file + ").";
            log.warn("The audit list cannot be written to {}: {}", file, e.toString());
        }
    }

    /** The newest entries, the newest first; a line that is none is passed over. */
    Mono<List<Map<String, Object>>> newest() {
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

    private List<Map<String, Object>> readTail() throws IOException {
        if (Files.notExists(file)) {
            return List.of();
        }
        byte[] tail;
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(Math.max(0, in.length() - TAIL_BYTES));
            tail = new byte[(int) (in.length() - in.getFilePointer())];
            in.readFully(tail);
        }
        List<Map<String, Object>> entries = new ArrayList<>();
        new String(tail, UTF_8).lines().forEach(line -> parse(line, entries));
        Collections.reverse(entries);
        return entries.subList(0, Math.min(SHOWN, entries.size()));
    }

    private void parse(String line, List<Map<String, Object>> entries) {
        try {
            Map<String, Object> entry = json.readValue(line, new TypeReference<>() {});
            entry.put("when", String.valueOf(entry.get("at")).replaceFirst(TIME, "$1 $2 UTC"));
            entries.add(entry);
        } catch (JacksonException e) {
            log.debug("A line of the audit list is none", e);
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
