package dev.taskstop.benchmarks;

import dev.taskstop.server.TaskServerMain;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own that answers every stop at once with a body of which only the id changes. */
interface Server extends AutoCloseable {

    String HOST = "127.0.0.1";

    /** For the report. */
    String title();

    URI baseUrl(Protocol protocol);

    @Override
    void close();

    /** The task server: one process without TLS and one with it. */
    static Server taskServer(Certificate certificate, Duration latency) throws IOException {
        Listening plain = listen(latency, List.of());
        Listening tls =
                listen(latency, List.of("--tls-certificate=" + certificate.chain(), "--tls-key=" + certificate.key()));
        return new Server() {
            @Override
            public String title() {
                return "the task server, fixed answer";
            }

            @Override
            public URI baseUrl(Protocol protocol) {
                return (protocol.isTls() ? tls : plain).baseUrl();
            }

            @Override
            public void close() {
                Child.end(plain.process());
                Child.end(tls.process());
            }
        };
    }

    private static Listening listen(Duration latency, List<String> tls) throws IOException {
        List<String> options = new ArrayList<>(List.of(
                "--host=" + HOST,
                "--port=0",
                "--fixed-answer",
                "--tasks=processing=0",
                "--latency=" + latency.toMillis() + "ms"));
        options.addAll(tls);
        Process process = Child.startJava(Child.Role.SERVER, List.of("-Xmx512m"), TaskServerMain.class, options);
        String greeting = process.inputReader().readLine();
        Matcher url = Pattern.compile("https?://[^ ]+").matcher(greeting == null ? "" : greeting);
        if (!url.find()) {
            Child.end(process);
            throw new IOException("The task server did not start");
        }
        return new Listening(process, URI.create(url.group()));
    }

    /** A process that listens. */
    record Listening(Process process, URI baseUrl) {}
}
