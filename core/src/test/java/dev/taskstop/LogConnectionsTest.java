package dev.taskstop;

import static dev.taskstop.LogBodies.entries;
import static dev.taskstop.LogBodies.stream;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.test.StepVerifier;

/** Log streams take no connection that a stop needs, and leave none behind. */
class LogConnectionsTest {

    private static final int STREAMS = 20;

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private final LogBodies.Held held = new LogBodies.Held();

    /** Who comes while cancelled ones are still being cleared away waits; that nobody is turned away is not the point. */
    private final ConnectionProvider two = ConnectionProvider.builder("two")
            .maxConnections(2)
            .pendingAcquireMaxCount(-1)
            .build();

    @AfterEach
    void end() {
        held.end();
        two.dispose();
    }

    private MockResponse heldOrRunning(RecordedRequest request) {
        return request.getTarget().contains("/stream") ? stream(held) : Wire.running(request);
    }

    private TaskClient withRoomForOneStream() {
        return withRoomForOneStream(Wire.ONCE);
    }

    private TaskClient withRoomForOneStream(StopRetry retry) {
        return wire.client(
                server,
                settings -> settings.concurrency(1)
                        .retry(retry)
                        .requestTimeout(Duration.ofSeconds(5))
                        .httpClient(http -> HttpClient.create(two)));
    }

    private void assertThatStopsPassWhileStreamsAreOpen(TaskClient client) {
        Flux<TaskLogEvent> streams = Flux.fromIterable(Wire.ids(STREAMS)).flatMap(client::logs, STREAMS);

        StepVerifier.create(streams)
                .expectNextCount(STREAMS)
                .then(() -> Wire.values(Flux.fromIterable(Wire.ids(10)).concatMap(client::stop)))
                .thenCancel()
                .verify(Wire.LIMIT);
    }

    @Test
    void open_streams_take_no_connection_of_the_only_one_for_stops() throws InterruptedException {
        Wire.dispatch(server, this::heldOrRunning);

        assertThatStopsPassWhileStreamsAreOpen(wire.client(server, settings -> settings.concurrency(1)));

        assertThat(Wire.requests(server).stream().filter(Wire::isStop))
                .hasSize(10)
                .extracting(RecordedRequest::getConnectionIndex)
                .containsOnly(STREAMS);
    }

    @Test
    void over_http2_streams_share_a_connection_that_is_not_the_one_for_stops() throws InterruptedException {
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        Wire.dispatch(server, this::heldOrRunning);

        assertThatStopsPassWhileStreamsAreOpen(
                wire.client(server, settings -> settings.concurrency(1).http2PriorKnowledge()));

        assertThat(Wire.requests(server))
                .allSatisfy(
                        request -> assertThat(request.getConnectionIndex()).isEqualTo(Wire.isStop(request) ? 1 : 0));
    }

    @Test
    void closing_the_client_closes_the_connections_of_its_streams() {
        LogBodies.Endless body = new LogBodies.Endless();
        Wire.dispatch(server, request -> stream(body));
        TaskClient client = wire.client(server);

        StepVerifier.create(client.logs(ID), 1)
                .expectNextCount(1)
                .then(() -> client.closeAsync().subscribe())
                .expectErrorMessage("The client is closed")
                .verify(Wire.LIMIT);

        assertThat(await(body)).isTrue();
    }

    private static boolean await(LogBodies.Endless body) {
        try {
            return body.closed.await(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Stream<Arguments> endings() {
        String log = entries(0, 100);
        SocketEffect cut = new SocketEffect.CloseSocket();
        return Stream.of(
                argumentSet(
                        "its last event",
                        stream(log + StubLogs.complete("stopped")).build()),
                argumentSet(
                        "more after its last event",
                        stream(StubLogs.complete("stopped") + log).build()),
                argumentSet("an end too soon", stream(log).build()),
                argumentSet("a cut", stream(log).onResponseBody(cut).build()),
                argumentSet(
                        "a cut before the answer",
                        stream(log).onResponseStart(cut).build()),
                argumentSet(
                        "a malformed event",
                        stream("event: log\ndata: no\n\n" + log).build()),
                argumentSet(
                        "an event too large",
                        stream("data: " + "x".repeat(400_000)).build()),
                argumentSet("a page", Wire.json(200, log)),
                argumentSet(
                        "nothing at all", new MockResponse.Builder().code(204).build()),
                argumentSet("a refusal", Wire.json(404, log)),
                argumentSet("an oversized refusal", Wire.json(500, " ".repeat(400_000))));
    }

    @ParameterizedTest
    @MethodSource("endings")
    void the_only_place_for_a_stream_is_free_again_after(MockResponse ending) {
        TaskClient client = withRoomForOneStream();
        for (int round = 0; round < 3; round++) {
            Wire.dispatch(server, request -> ending);
            StepVerifier.create(client.logs(ID).then().onErrorComplete())
                    .expectComplete()
                    .verify(Wire.LIMIT);
        }

        Wire.dispatch(server, request -> stream(StubLogs.complete("stopped")).build());
        assertThat(Wire.values(client.logs(ID))).hasSize(1);
        Wire.dispatch(server, Wire::running);
        Wire.value(client.stop(ID));
    }

    @Test
    void a_stream_cancelled_at_any_moment_leaves_no_buffer_no_place_and_no_connection() {
        long seed = new Random().nextLong();
        System.out.println("seed of a_stream_cancelled_at_any_moment: " + seed);
        Random random = new Random(seed);
        Wire.dispatch(
                server,
                request ->
                        stream(entries(0, 200) + StubLogs.complete("stopped")).build());
        // The last stream may be given a connection that is just being closed; a place that was lost stays lost.
        TaskClient client = withRoomForOneStream(Wire.QUICK);

        for (int round = 0; round < 300; round++) {
            Disposable logs = client.logs(ID).subscribe(event -> {}, failure -> {});
            LockSupport.parkNanos(random.nextLong(TimeUnit.MILLISECONDS.toNanos(2)));
            logs.dispose();
        }

        assertThat(Wire.values(client.logs(ID))).as("seed %d", seed).hasSize(201);
        assertThat(client.gateState().inFlight()).isZero();
    }

    @Test
    void a_stream_that_its_subscriber_leaves_in_the_middle_leaves_no_buffer_and_no_connection() {
        Wire.dispatch(server, request -> stream(entries(0, 5_000)).build());
        TaskClient client = withRoomForOneStream();

        for (int taken = 1; taken < 40; taken++) {
            assertThat(Wire.values(client.logs(ID).take(taken))).hasSize(taken);
        }
    }

    @Test
    void a_pool_without_room_beside_the_concurrency_carries_no_stream() {
        Wire.dispatch(server, Wire::running);
        TaskClient client =
                wire.client(server, settings -> settings.concurrency(2).httpClient(http -> HttpClient.create(two)));

        assertThat(Wire.failure(client.logs(ID)))
                .isInstanceOf(TaskRequestException.class)
                .hasMessageContaining("room for 0 log streams")
                .hasMessageContaining("httpClient");
        Wire.value(client.stop(ID));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void one_stream_more_than_there_is_room_for_fails_at_once_and_the_others_go_on() {
        Wire.dispatch(server, this::heldOrRunning);
        TaskClient client = withRoomForOneStream();

        StepVerifier.create(client.logs(ID))
                .expectNextCount(1)
                .then(() -> assertThat(Wire.failure(client.logs(ID))).hasMessageContaining("room for 1 log streams"))
                .then(() -> Wire.value(client.stop(ID)))
                .thenCancel()
                .verify(Wire.LIMIT);
    }

    private Flux<byte[]> chunks(Duration maxSilence) {
        URI url = URI.create("http://127.0.0.1:" + server.getPort());
        NettyStreams streams = new NettyStreams(
                two,
                1,
                (pool, clients, http11Only) -> HttpClient.create(pool)
                        .remoteAddress(() -> InetSocketAddress.createUnresolved("127.0.0.1", server.getPort())));
        TaskRequest request = new Origin(url, "", false).request("GET", "/stream", "/stream", null, 1_000);
        NettyExchange exchange = new NettyExchange(request);
        return streams.open(client -> client.send(
                request,
                exchange,
                (head, content) ->
                        exchange.stream(head, content, StreamSilence.limited((answer, chunks) -> chunks, maxSilence))));
    }

    @Test
    void a_stream_that_is_silent_for_too_long_is_given_up() {
        Wire.dispatch(server, this::heldOrRunning);

        StepVerifier.create(chunks(Duration.ofMillis(200)))
                .expectNextCount(1)
                .expectError(TimeoutException.class)
                .verify(Duration.ofSeconds(5));
    }

    /** More than what lies in sockets and buffers, so that the server has to wait. */
    @Test
    void a_stream_that_nobody_takes_from_is_not_silent() {
        String log = entries(0, 40_000) + StubLogs.complete("stopped");
        Wire.dispatch(server, request -> stream(log).build());
        Duration silence = Duration.ofMillis(200);
        AtomicInteger read = new AtomicInteger();

        StepVerifier.create(chunks(silence).doOnNext(chunk -> read.addAndGet(chunk.length)), 1)
                .expectNextCount(1)
                .thenAwait(silence.multipliedBy(3))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(chunk -> true)
                .expectComplete()
                .verify(Wire.LIMIT);

        assertThat(read).hasValue(log.length());
    }
}
