package dev.taskstop.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.StopObservationContext;
import dev.taskstop.StopResult;
import dev.taskstop.StopRetry;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.spring.TaskstopAutoConfiguration;
import dev.taskstop.spring.TaskstopConnectionDetails;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Runs the examples of the starter's guide. */
class GuideTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final TaskServer server = TaskServer.start();
    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class))
            .withPropertyValues("taskstop.base-url=" + server.baseUrl());
    private final ApplicationContextRunner withKey = context.withPropertyValues("taskstop.api-key=" + server.key());

    @AfterEach
    void closeServer() {
        server.close();
    }

    private static List<String> running(TaskServer server, int count) {
        return server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
    }

    private static void assertStops(TaskClient client, TaskServer server) {
        List<String> taskIds = running(server, 20);
        StepVerifier.create(client.stopAll(Flux.fromIterable(taskIds)).collect(StopSummary.collector()))
                .assertNext(summary -> assertThat(summary.stopped()).isEqualTo(20))
                .expectComplete()
                .verify(LIMIT);
        assertThat(taskIds).allMatch(id -> server.ledger().of(id).effectiveRequest() == 1);
    }

    @Test
    void a_customizer_brings_a_key_that_changes() {
        context.withBean(Vault.class, () -> () -> Mono.just(server.key()))
                .withUserConfiguration(RotatingKey.class)
                .run(started -> assertStops(started.getBean(TaskClient.class), server));
    }

    @Test
    void a_listener_that_is_a_bean_hears_every_result() {
        withKey.withUserConfiguration(AuditTrail.class).run(started -> {
            assertStops(started.getBean(TaskClient.class), server);

            assertThat(started.getBean(AuditTrail.class).lines)
                    .hasSize(20)
                    .allMatch(line -> line.startsWith("Stopped "));
        });
    }

    @Test
    void two_clients_are_made_of_two_builders() {
        withKey.withUserConfiguration(TwoClients.class).run(started -> {
            TaskClient primary = started.getBean(TaskClient.class);
            TaskClient nightly = started.getBean("nightlyClient", TaskClient.class);

            assertThat(nightly).isNotSameAs(primary);
            assertThat(started.getBean(ActiveTasks.class)).isSameAs(primary.activeTasks());
            assertStops(primary, server);
        });
    }

    @Test
    void connection_details_lead_to_a_server_of_the_tests_own() {
        context.withPropertyValues("taskstop.api-key=bb_of_nobody")
                .withUserConfiguration(FaultyServer.class)
                .run(started -> {
                    assertThat(started).hasSingleBean(TaskstopConnectionDetails.class);
                    assertStops(started.getBean(TaskClient.class), started.getBean(TaskServer.class));
                });
    }

    @Test
    void a_convention_that_is_a_bean_names_the_observations() {
        ObservationRegistry registry = ObservationRegistry.create();
        Queue<String> observed = new ConcurrentLinkedQueue<>();
        registry.observationConfig().observationHandler(new ObservationHandler<>() {
            @Override
            public void onStop(Observation.Context context) {
                observed.add(context.getName() + " " + context.getLowCardinalityKeyValue("team"));
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof StopObservationContext;
            }
        });

        withKey.withBean(ObservationRegistry.class, () -> registry)
                .withUserConfiguration(ObservationNames.class)
                .run(started -> assertStops(started.getBean(TaskClient.class), server));

        assertThat(observed).hasSize(20).allMatch(stop -> stop.startsWith("agents.stop ") && stop.contains("billing"));
    }

    @Test
    void a_transport_that_is_a_stub_answers_as_the_test_wants() {
        withKey.withUserConfiguration(NobodyHasIt.class)
                .run(started -> StepVerifier.create(
                                started.getBean(TaskClient.class).stopAll(Flux.just("t1")))
                        .expectNext(new StopResult.NotFound("t1"))
                        .expectComplete()
                        .verify(LIMIT));
    }

    @Test
    void the_hand_written_call_and_its_successor_stop_the_same_tasks() {
        List<String> first = running(server, 20);
        List<String> second = running(server, 20);

        withKey.run(started -> {
            assertCounts(HandWritten.before(webClient(server), Flux.fromIterable(first)), 20);
            assertCounts(HandWritten.after(started.getBean(TaskClient.class), Flux.fromIterable(second)), 20);
        });
        assertThat(first).allMatch(id -> server.ledger().of(id).effectiveRequest() == 1);
        assertThat(second).allMatch(id -> server.ledger().of(id).effectiveRequest() == 1);
    }

    @Test
    void where_answers_are_lost_the_hand_written_call_fails_although_the_task_is_stopped() {
        TaskServerOptions options =
                TaskServerOptions.defaults().withFaults(Faults.none().with(FaultKind.ERROR_AFTER, 1));
        try (TaskServer losing = TaskServer.start(options)) {
            String first = running(losing, 1).get(0);
            String second = running(losing, 1).get(0);
            TaskClient client = TaskClient.builder()
                    .apiKey(losing.key())
                    .baseUrl(losing.baseUrl())
                    .retry(StopRetry.defaults().withMaxAttempts(3))
                    .build();

            StepVerifier.create(HandWritten.before(webClient(losing), Flux.just(first)))
                    .expectError()
                    .verify(LIMIT);
            assertCounts(HandWritten.after(client, Flux.just(second)), 1);

            assertThat(losing.ledger().of(first).effectiveRequest()).isEqualTo(1);
            assertThat(losing.ledger().of(second).effectiveRequest()).isEqualTo(1);
        }
    }

    private static void assertCounts(Mono<Long> count, long expected) {
        StepVerifier.create(count).expectNext(expected).expectComplete().verify(LIMIT);
    }

    private static WebClient webClient(TaskServer server) {
        return WebClient.builder()
                .baseUrl(server.baseUrl().toString())
                .defaultHeader(HttpHeaders.AUTHORIZATION, "Bearer " + server.key())
                .build();
    }
}
