package dev.taskstop.quickstart;

import dev.taskstop.server.TaskServerMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The task server in a process of its own, so that a client can be measured alone. */
final class ServerProcess implements AutoCloseable {

    private static final Pattern URL = Pattern.compile("https?://[^ ]+?(?= )");
    private static final Pattern STOPS_SEEN = Pattern.compile("\"patchRequests\":(\\d+)");

    private final Process process;
    private final Path ledger;
    private final URI baseUrl;

    private ServerProcess(Process process, Path ledger, URI baseUrl) {
        this.process = process;
        this.ledger = ledger;
        this.baseUrl = baseUrl;
    }

    /** Starts the server on this program's class path, on a free port, and waits until it listens. */
    static ServerProcess start(String... options) throws IOException {
        Path ledger = Files.createTempFile("ledger", ".jsonl");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TaskServerMain.class.getName(),
                "--port=0",
                "--ledger=" + ledger));
        command.addAll(List.of(options));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        String greeting = output.readLine();
        Matcher url = URL.matcher(greeting == null ? "" : greeting);
        if (!url.find()) {
            process.destroy();
            throw new IOException("The task server did not start");
        }
        return new ServerProcess(process, ledger, URI.create(url.group()));
    }

    URI baseUrl() {
        return baseUrl;
    }

    /** Ends the server and tells how many stop requests it saw. */
    long endAndCountStops() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IOException("The task server did not end");
        }
        Matcher stops = STOPS_SEEN.matcher(Files.readString(ledger));
        if (!stops.find()) {
            throw new IOException("The task server left no ledger");
        }
        return Long.parseLong(stops.group(1));
    }

    @Override
    public void close() {
        process.destroy();
        try {
            Files.deleteIfExists(ledger);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
