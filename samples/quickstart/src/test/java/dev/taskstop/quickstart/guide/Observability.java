package dev.taskstop.quickstart.guide;

import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The chapter <em>Observability</em>. */
final class Observability {

    private static final Logger log = LoggerFactory.getLogger(Observability.class);

    private Observability() {}

    static TaskClient build(
            String key, URI address, ObservationRegistry observations, MeterRegistry meters, StopListener listener) {
        // begin registries
        TaskClient client = TaskClient.builder()
                .apiKey(key)
                .baseUrl(address)
                .observationRegistry(observations)
                .stopListener(listener)
                .build();
        new TaskClientMetrics(client).bindTo(meters);
        // end
        return client;
    }

    // begin listener
    static final class AuditTrail implements StopListener {

        final Queue<String> lines = new ConcurrentLinkedQueue<>(); // called from several threads at once

        @Override
        public void onResult(StopResult result) {
            lines.add(result.getClass().getSimpleName() + " " + result.taskId());
        }

        @Override
        public void onBulkStopEnd(StopSummary summary) {
            log.info("{}", summary);
        }
    }
    // end
}
