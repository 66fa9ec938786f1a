package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.answer;
import static dev.taskstop.Wire.json;
import static dev.taskstop.Wire.methods;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;

class ConnectionsTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    /** Each task can be stopped once, as with the API; the rest is answered by a 400. */
    private final Set<String> effects = ConcurrentHashMap.newKeySet();

    private MockResponse once(RecordedRequest request) {
        String id = Wire.taskId(request);
        if (!Wire.isStop(request)) {
            return json(200, Wire.status(id, effects.contains(id) ? "stopped" : "processing"));
        }
        return effects.add(id) ? json(200, Wire.stopped(id)) : json(400, "{}");
    }

    @Test
    void stops_one_after_the_other_share_a_connection() throws InterruptedException {
        Wire.dispatch(server, this::once);
        // With room for two, a stop that begins as the one before is answered may find its connection not yet free.
        TaskClient client = wire.client(server, settings -> settings.concurrency(1));

        for (String id : Wire.ids(5)) {
            Wire.value(client.stop(id));
        }

        assertThat(Wire.requests(server))
                .extracting(RecordedRequest::getConnectionIndex)
                .containsOnly(0);
    }

    @Test
    void a_connection_that_the_server_closes_while_it_is_idle_costs_no_stop() {
        Wire.dispatch(
                server,
                request -> once(request)
                        .newBuilder()
                        .onResponseEnd(new SocketEffect.CloseSocket())
                        .build());
        TaskClient client = wire.client(server);

        for (String id : Wire.ids(30)) {
            assertThat(Wire.value(client.stop(id)).taskId()).isEqualTo(id);
        }
        assertThat(effects).hasSize(30);
    }

    @Test
    void a_connection_that_closes_under_the_request_costs_a_retry_and_has_one_effect() throws InterruptedException {
        Set<String> cut = ConcurrentHashMap.newKeySet();
        Wire.dispatch(server, request -> {
            boolean first = Wire.isStop(request) && cut.add(Wire.taskId(request));
            return first
                    ? answer(200, "")
                            .onResponseStart(new SocketEffect.CloseSocket())
                            .build()
                    : once(request);
        });
        TaskClient client = wire.client(server);

        StopResult result = Wire.result(client, ID);

        assertThat(result)
                .isInstanceOfSatisfying(
                        Stopped.class, stopped -> assertThat(stopped.attempts()).isEqualTo(2));
        assertThat(effects).containsExactly(ID);
        assertThat(methods(server)).containsExactly("PATCH", "PATCH");
    }

    @Test
    void a_connection_that_closes_after_the_effect_is_a_stop_that_was_recovered() throws InterruptedException {
        Wire.dispatch(server, request -> {
            MockResponse answer = once(request);
            return Wire.isStop(request) && answer.getCode() == 200
                    ? answer.newBuilder()
                            .onResponseStart(new SocketEffect.CloseSocket())
                            .build()
                    : answer;
        });

        StopResult result = Wire.result(wire.client(server), ID);

        assertThat(result).isInstanceOfSatisfying(Stopped.class, stopped -> {
            assertThat(stopped.attempts()).isEqualTo(2);
            assertThat(stopped.recovered()).isTrue();
        });
        assertThat(methods(server)).containsExactly("PATCH", "PATCH", "GET");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void a_reset_is_tried_again_by_this_library_alone(int attempts) throws Exception {
        try (MockWebServer resetting = new MockWebServer()) {
            resetting.setServerSocketFactory(Sockets.RESETTING);
            resetting.start();
            MockResponse reset = answer(200, Wire.stopped(ID))
                    .onResponseStart(new SocketEffect.CloseSocket())
                    .build();
            Wire.dispatch(resetting, reset, "processing");
            TaskClient client = wire.client(
                    resetting,
                    settings -> settings.retry(Wire.QUICK.withMaxAttempts(attempts))
                            .httpClient(http -> http.disableRetry(false)));

            StopResult result = Wire.result(client, ID);

            assertThat(result)
                    .isInstanceOfSatisfying(
                            Failed.class,
                            failed -> assertThat(failed.error().isOutcomeUnknown())
                                    .isTrue());
            List<String> methods = methods(resetting);
            assertThat(methods).hasSize(attempts + 1).endsWith("GET");
            assertThat(methods.subList(0, attempts)).containsOnly("PATCH");
        }
    }

    @Test
    void a_pool_smaller_than_the_concurrency_is_refused_when_the_client_is_built() {
        ConnectionProvider small = ConnectionProvider.create("small", 4);
        TaskClientBuilder builder =
                TaskClient.builder().apiKey(Wire.KEY).concurrency(8).httpClient(client -> HttpClient.create(small));

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4")
                .hasMessageContaining("8")
                .hasMessageContaining("httpClient")
                .hasMessageContaining("concurrency");
        small.dispose();
    }

    @Test
    void a_pool_with_room_for_the_concurrency_is_used() throws InterruptedException {
        ConnectionProvider roomy = ConnectionProvider.create("roomy", 4);
        Wire.dispatch(server, this::once);
        TaskClient client =
                wire.client(server, settings -> settings.concurrency(4).httpClient(base -> HttpClient.create(roomy)));

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(100))));

        assertThat(results).hasSize(100).allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
        Set<Integer> connections = new HashSet<>();
        Wire.requests(server).forEach(request -> connections.add(request.getConnectionIndex()));
        assertThat(connections).hasSizeLessThanOrEqualTo(4);
        roomy.dispose();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 16})
    void many_stops_at_once_wait_for_their_turn_and_none_fails_for_lack_of_room(int concurrency)
            throws InterruptedException {
        Wire.dispatch(server, this::once);
        TaskClient client = wire.client(server, settings -> settings.concurrency(concurrency));

        // A busy machine takes longer for all of them, but not for the next.
        StepVerifier.create(Flux.fromIterable(Wire.ids(200))
                        .flatMap(client::stop, 200)
                        .timeout(Wire.LIMIT))
                .expectNextCount(200)
                .expectComplete()
                .verify(Duration.ofSeconds(50));

        assertThat(effects).hasSize(200);
        assertThat(client.gateState().peakInFlight()).isEqualTo(concurrency);
        Set<Integer> connections = new HashSet<>();
        Wire.requests(server).forEach(request -> connections.add(request.getConnectionIndex()));
        assertThat(connections).hasSizeLessThanOrEqualTo(concurrency);
    }

    @Test
    void connections_are_closed_with_the_client() {
        Wire.dispatch(server, this::once);
        TaskClient client = wire.client(server);
        Wire.value(client.stop(ID));

        long start = System.nanoTime();
        Wire.values(client.closeAsync().flux());

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
}
