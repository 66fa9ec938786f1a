package dev.taskstop.benchmarks;

import dev.taskstop.server.TaskServerProcess;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** A server in a process of its own that answers every stop at once with a body of which only the id changes. */
interface Server extends AutoCloseable {

    String HOST = "127.0.0.1";

    /** For the report. */
    String title();

    URI baseUrl(Protocol protocol);

    @Override
    void close();

    /** The task server: one process without TLS and one with it. */
    static Server taskServer(Certificate certificate, Duration latency) {
        List<String> java = Child.command(Child.Role.SERVER, List.of(TaskServerProcess.javaCommand(), "-Xmx512m"));
        String[] plainOptions = {
            "--host=" + HOST, "--fixed-answer", "--tasks=processing=0", "--latency=" + latency.toMillis() + "ms"
        };
        String[] tlsOptions = Arrays.copyOf(plainOptions, plainOptions.length + 2);
        tlsOptions[plainOptions.length] = "--tls-certificate=" + certificate.chain();
        tlsOptions[plainOptions.length + 1] = "--tls-key=" + certificate.key();
        TaskServerProcess plain = TaskServerProcess.start(java, plainOptions);
        TaskServerProcess tls = TaskServerProcess.start(java, tlsOptions);
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
                plain.close();
                tls.close();
            }
        };
    }
}
