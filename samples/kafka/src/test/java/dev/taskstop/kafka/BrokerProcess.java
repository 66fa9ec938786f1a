package dev.taskstop.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A broker in a process of its own, which can be kept from answering. */
final class BrokerProcess implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String READY = "ready ";

    private final Process process;
    private final String servers;

    BrokerProcess() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        BrokerProcess.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader output = process.inputReader();
        String line = output.readLine();
        while (line != null && !line.startsWith(READY)) {
            line = output.readLine();
        }
        assertThat(line).as("what a broker says that has started").isNotNull();
        servers = line == null ? "" : line.substring(READY.length());
    }

    /**
     * Runs a broker until nobody holds its standard input.
     *
     * @param args none
     */
    public static void main(String[] args) throws IOException {
        System.out.println(READY + TestKafka.startBroker());
        int end = System.in.read();
        System.exit(end < 0 ? 0 : 1);
    }

    String servers() {
        return servers;
    }

    /** It answers nothing any more, and keeps its connections. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder(List.of("kill", "-" + name, Long.toString(process.pid()))).start();
        assertThat(kill.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue())
                .as(() -> kill.errorReader().lines().collect(Collectors.joining()))
                .isZero();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
