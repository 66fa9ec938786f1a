package dev.taskstop.kafka.demo;

import dev.taskstop.kafka.StopInstance;
import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The instances, each in a process of its own, named by their order. */
final class Instances implements AutoCloseable {

    static final int CONSUMERS = 4;

    private final @Nullable Path jar;
    private final String bootstrapServers;
    private final URI baseUrl;
    private final Map<String, ChildProcess> alive = new LinkedHashMap<>();
    private @Nullable String killed;

    Instances(@Nullable Path jar, String bootstrapServers, URI baseUrl) {
        this.jar = jar;
        this.bootstrapServers = bootstrapServers;
        this.baseUrl = baseUrl;
    }

    void start() throws IOException {
        String name = "instance-" + (alive.size() + (killed == null ? 1 : 2));
        List<String> arguments = new ArrayList<>(List.of("-Xmx128m"));
        arguments.addAll(
                jar == null
                        ? List.of("-cp", System.getProperty("java.class.path"), StopInstance.class.getName())
                        : List.of("-jar", jar.toString()));
        arguments.addAll(List.of(
                "--spring.kafka.bootstrap-servers=" + bootstrapServers,
                "--spring.kafka.listener.concurrency=" + CONSUMERS,
                // How soon the group notices that a member is gone; the default is 45 s.
                "--spring.kafka.consumer.properties.session.timeout.ms=6000",
                "--spring.kafka.consumer.heartbeat-interval=2s",
                "--taskstop.base-url=" + baseUrl,
                "--taskstop.kafka.instance=" + name,
                "--logging.level.root=ERROR"));
        alive.put(name, ChildProcess.start(Map.of("TASKSTOP_API_KEY", TaskServerOptions.DEFAULT_KEY), arguments));
    }

    void killOneAndStartAnother() throws IOException, InterruptedException {
        String victim = alive.keySet().iterator().next();
        ChildProcess process = alive.get(victim);
        if (process != null) {
            process.kill();
            process.exitCode();
        }
        alive.remove(victim);
        killed = victim;
        start();
    }

    /** Who was killed, or null. */
    @Nullable
    String killed() {
        return killed;
    }

    void requireAlive() throws IOException {
        for (Map.Entry<String, ChildProcess> instance : alive.entrySet()) {
            if (!instance.getValue().isAlive()) {
                throw new IOException(instance.getKey() + " has ended");
            }
        }
    }

    /** Tells all of them to end, and waits until they have. Returns their exit codes. */
    List<Integer> end() throws IOException, InterruptedException {
        List<Integer> exitCodes = new ArrayList<>();
        for (ChildProcess instance : alive.values()) {
            exitCodes.add(instance.end());
        }
        return exitCodes;
    }

    @Override
    public void close() {
        alive.values().forEach(ChildProcess::close);
    }
}
