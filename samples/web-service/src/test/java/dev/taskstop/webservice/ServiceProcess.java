package dev.taskstop.webservice;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.TaskServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The service as a process of its own. */
final class ServiceProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;
    private final List<String> log = new ArrayList<>();

    private ServiceProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    static ServiceProcess start(TaskServer server, String... properties) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                WebServiceApplication.class.getName(),
                "--server.port=0"));
        for (String property : properties) {
            command.add("--" + property);
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("BLACKBOX_API_KEY", server.key());
        builder.environment().put("BLACKBOX_BASE_URL", server.baseUrl().toString());
        return new ServiceProcess(builder.redirectErrorStream(true).start());
    }

    /** Without the tests' own settings, so that it logs as in production. */
    private static String classPath() {
        return Pattern.compile(File.pathSeparator)
                .splitAsStream(System.getProperty("java.class.path"))
                .filter(entry -> !entry.endsWith("test-classes"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Waits until it has started. */
    int port() throws IOException {
        String line = output.readLine();
        while (line != null) {
            log.add(line);
            if (line.contains("Netty started on port ")) {
                return Integer.parseInt(line.replaceAll(".*Netty started on port (\\d+).*", "$1"));
            }
            line = output.readLine();
        }
        throw new AssertionError("The service did not start: " + String.join("\n", log));
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.toHandle().destroy();
    }

    /** Waits for the end, which has to be a good one, and gives what it logged. */
    List<String> logAtEnd(int seconds) throws InterruptedException {
        output.lines().forEach(log::add);
        assertThat(process.waitFor(seconds, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return log;
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        output.close();
    }
}
