package dev.taskstop.reliability;

import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerMain;
import dev.taskstop.server.TaskServerProcess;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The server of a world: in a process of its own when it is to be killed, else in this one, which starts faster. */
final class Server implements AutoCloseable {

    /** Such a server lives for some seconds: what makes it fast soon is what counts. */
    private static final List<String> JAVA =
            List.of(TaskServerProcess.javaCommand(), "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private final @Nullable TaskServerProcess process;
    private final @Nullable TaskServer here;
    private final URI baseUrl;

    private Server(@Nullable TaskServerProcess process, @Nullable TaskServer here, URI baseUrl) {
        this.process = process;
        this.here = here;
        this.baseUrl = baseUrl;
    }

    static Server start(boolean toBeKilled, List<String> options) {
        if (toBeKilled) {
            TaskServerProcess process = TaskServerProcess.start(JAVA, options.toArray(String[]::new));
            return new Server(process, null, process.baseUrl());
        }
        List<String> onFreePort = new ArrayList<>(options);
        onFreePort.add("--port=0");
        TaskServer here = TaskServerMain.start(onFreePort.toArray(String[]::new));
        return new Server(null, here, here.baseUrl());
    }

    URI baseUrl() {
        return baseUrl;
    }

    /** Ends it as {@code kill -9} does. */
    void kill() {
        Objects.requireNonNull(process).kill();
    }

    /** Starts it again where it was. */
    void restart() {
        Objects.requireNonNull(process).restart();
    }

    @Override
    public void close() {
        if (process != null) {
            process.close();
        }
        if (here != null) {
            here.close();
        }
    }
}
