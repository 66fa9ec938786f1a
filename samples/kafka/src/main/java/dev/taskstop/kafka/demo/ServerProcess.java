package dev.taskstop.kafka.demo;

import dev.taskstop.server.TaskServerMain;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The task server, all of whose tasks are being processed. */
final class ServerProcess implements AutoCloseable {

    /**
     * What happened to one task.
     *
     * @param taskId the task
     * @param stopRequests how many stop requests came for it
     * @param effectiveRequest which one of them stopped it, from 1; 0 when none did
     * @param status the status in the end
     */
    record Entry(String taskId, int stopRequests, int effectiveRequest, String status) {}

    private static final Pattern URL = Pattern.compile("http://[^ ]+?(?= )");
    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final ChildProcess process;
    private final Path ledger;
    private final URI baseUrl;

    private ServerProcess(ChildProcess process, Path ledger, URI baseUrl) {
        this.process = process;
        this.ledger = ledger;
        this.baseUrl = baseUrl;
    }

    static ServerProcess start(int tasks, String latency) throws IOException {
        Path ledger = Files.createTempFile("ledger", ".jsonl");
        ChildProcess process = ChildProcess.start(
                Map.of(),
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        TaskServerMain.class.getName(),
                        "--port=0",
                        "--tasks=processing=" + tasks,
                        // Only stops take this long.
                        "--fault=latency=1.0",
                        "--fault-latency=" + latency,
                        "--ledger=" + ledger));
        Matcher url = URL.matcher(process.firstLine());
        if (!url.find()) {
            process.close();
            throw new IOException("The task server does not say where it is");
        }
        return new ServerProcess(process, ledger, URI.create(url.group()));
    }

    URI baseUrl() {
        return baseUrl;
    }

    Map<String, Entry> endAndReadLedger() throws IOException, InterruptedException {
        process.end();
        Map<String, Entry> entries = new HashMap<>();
        for (String line : Files.readAllLines(ledger)) {
            JsonNode node = JSON.readTree(line);
            if (node.has("taskId")) {
                Entry entry = JSON.treeToValue(node, Entry.class);
                entries.put(entry.taskId(), entry);
            }
        }
        return entries;
    }

    @Override
    public void close() throws IOException {
        process.close();
        Files.deleteIfExists(ledger);
    }
}
