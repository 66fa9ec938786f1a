package dev.taskstop.quickstart.guide;

import dev.taskstop.GateState;
import dev.taskstop.TaskClient;
import java.net.URI;

/** The chapter <em>Limits and rates</em>. */
final class Limits {

    private Limits() {}

    static TaskClient build(String key, URI address) {
        // begin rate
        TaskClient client = TaskClient.builder()
                .apiKey(key)
                .baseUrl(address)
                .concurrency(16) // requests in flight at once, over all calls of this client
                .requestsPerMinute(600) // one each 100 ms
                .build();
        // end
        return client;
    }

    static String look(TaskClient client) {
        // begin gate
        GateState gate = client.gateState();
        String line = "%d in flight, at most %d of %d, %d waiting, paused for %d ms"
                .formatted(
                        gate.inFlight(),
                        gate.limit(),
                        gate.ceiling(),
                        gate.waiting(),
                        gate.pause().toMillis());
        // end
        return line;
    }
}
