package dev.taskstop;

import java.net.URI;
import mockwebserver3.MockWebServer;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Stops tasks where there is no Micrometer; run by {@link WithoutMicrometerTest} in a JVM of its own. */
final class WithoutMicrometer {

    private WithoutMicrometer() {}

    public static void main(String[] args) throws Exception {
        System.out.println("Micrometer is " + (isThere() ? "there" : "not there"));
        try (MockWebServer server = Wire.server()) {
            Wire.dispatch(server, Wire::running);
            server.start();
            TaskClient client = TaskClient.builder()
                    .apiKey(Wire.KEY)
                    .baseUrl(URI.create("http://127.0.0.1:" + server.getPort()))
                    .build();
            System.out.println("stopped " + Wire.value(client.stop(Wire.ID)).taskId());
            System.out.println("stopped "
                    + Wire.values(client.stopAll(Flux.just("a", "b"))).size() + " more");
            StepVerifier.create(client.closeAsync()).expectComplete().verify(Wire.LIMIT);
        }
    }

    private static boolean isThere() {
        for (String type : new String[] {
            "io.micrometer.observation.Observation",
            "io.micrometer.core.instrument.MeterRegistry",
            "io.micrometer.common.KeyValue",
            "io.micrometer.context.ContextRegistry"
        }) {
            try {
                Class.forName(type);
                return true;
            } catch (ClassNotFoundException absent) {
                // as it should be; so on to the next
            }
        }
        return false;
    }
}
