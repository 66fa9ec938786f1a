package dev.taskstop.kafka;

import static dev.taskstop.kafka.TestKafka.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.kafka.config.KafkaListenerEndpointRegistry;
import org.springframework.kafka.core.KafkaAdmin;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class InstanceHealthTest {

    private static final int IDS = 100;
    private static final TestKafka KAFKA = new TestKafka();
    private static final StubServer SERVER = new StubServer();
    private static ConfigurableApplicationContext instance;

    @BeforeAll
    static void start() {
        instance = KAFKA.start(
                SERVER.baseUrl(),
                "bb_key",
                "--spring.main.web-application-type=reactive",
                "--server.port=0",
                "--taskstop.kafka.instance=one",
                "--taskstop.kafka.lag-interval=50ms");
    }

    @AfterAll
    static void end() {
        instance.close();
        SERVER.close();
    }

    @Test
    void health_lag_and_counts_of_an_instance_can_be_asked_for() throws Exception {
        Sinks.Empty<Void> gate = SERVER.stall();
        KAFKA.send(IntStream.range(0, IDS).mapToObj(i -> "task-" + i).toList());

        await().until(() -> health().path("details").path("lag").asInt() == IDS
                && health().path("details").path("inFlight").asInt() > 0);
        assertThat(health().path("status").asString()).isEqualTo("UP");
        assertThat(health().path("details").path("instance").asString()).isEqualTo("one");
        assertThat(health().path("details").path("partitions").asInt()).isEqualTo(8);
        assertThat(get("prometheus"))
                .containsPattern("(?m)^taskstop_kafka_lag 100.0$")
                .containsPattern("(?m)^taskstop_kafka_in_flight [1-9]")
                .containsPattern("(?m)^taskstop_kafka_records_total\\{outcome=\"stopped\",?} 0.0$")
                // What Kafka's own clients count is there, too.
                .contains("kafka_consumer_fetch_manager_");

        gate.emitEmpty(Sinks.EmitFailureHandler.FAIL_FAST);
        await().until(() -> health().path("details").path("lag").asInt() == 0);
        assertThat(get("prometheus"))
                .containsPattern("(?m)^taskstop_kafka_lag 0.0$")
                .containsPattern("(?m)^taskstop_kafka_in_flight 0.0$")
                .containsPattern("(?m)^taskstop_kafka_records_total\\{outcome=\"stopped\",?} 100.0$");
    }

    @Test
    void an_instance_is_down_when_the_broker_does_not_answer_and_says_so() throws Exception {
        StopProperties properties = instance.getBean(StopProperties.class);
        KafkaListenerEndpointRegistry registry = instance.getBean(KafkaListenerEndpointRegistry.class);
        Map<String, Object> nobody =
                Map.of("bootstrap.servers", "127.0.0.1:1", "request.timeout.ms", 200, "default.api.timeout.ms", 200);
        Lag lag = new Lag(new KafkaAdmin(nobody), registry, properties, new SimpleMeterRegistry());
        lag.start();
        try {
            await().until(() -> lag.sample().problem() != null);
            Health health = Objects.requireNonNull(new KafkaHealthIndicator(
                            instance.getBean(StopPipeline.class),
                            registry,
                            instance.getBean(InFlight.class),
                            lag,
                            properties)
                    .health());
            assertThat(health.getStatus()).isEqualTo(Status.DOWN);
            assertThat(health.getDetails())
                    .containsEntry("consuming", true)
                    .doesNotContainKey("lag")
                    .hasEntrySatisfying(
                            "broker", problem -> assertThat(problem).asString().contains("TimeoutException"));
        } finally {
            lag.stop();
        }
    }

    private static JsonNode health() throws Exception {
        return JsonMapper.shared().readTree(get("health")).path("components").path("kafka");
    }

    private static String get(String endpoint) throws Exception {
        String port = instance.getEnvironment().getRequiredProperty("local.server.port");
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/actuator/" + endpoint))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }
}
