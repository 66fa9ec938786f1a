package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class Http2PriorKnowledgeTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @BeforeEach
    void serveHttp2() {
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        Wire.dispatch(server, Wire::running);
    }

    private TaskClient client() {
        return wire.client(
                server,
                settings -> settings.http2PriorKnowledge()
                        .requestTimeout(Duration.ofSeconds(3))
                        .retry(Wire.ONCE));
    }

    @Test
    void a_bulk_stop_goes_over_one_connection() throws InterruptedException {
        List<StopResult> results = Wire.values(client().stopAll(Flux.fromIterable(Wire.ids(200))));

        assertThat(results).hasSize(200).allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
        List<RecordedRequest> requests = Wire.requests(server);
        assertThat(requests).hasSize(200).allSatisfy(request -> {
            assertThat(request.getVersion()).isEqualTo("HTTP/2");
            assertThat(request.getConnectionIndex()).isZero();
            assertThat(request.getMethod()).isEqualTo("PATCH");
            assertThat(request.getHeaders().values("authorization")).containsExactly("Bearer " + Wire.KEY);
            assertThat(request.getHeaders().values("content-type")).containsExactly("application/json");
            assertThat(request.getBody().utf8()).isEqualTo("{\"action\":\"stop\"}");
        });
    }

    @Test
    void a_stream_without_an_answer_times_out_and_the_connection_goes_on() throws InterruptedException {
        TaskClient client = client();
        Wire.value(client.stop("first"));
        Wire.dispatch(
                server,
                Wire.answer(200, Wire.stopped(Wire.ID))
                        .headersDelay(1, TimeUnit.DAYS)
                        .build(),
                "processing");

        TaskException failure = Wire.failure(client.stop(Wire.ID));

        assertThat(failure).isInstanceOf(TaskRequestException.class);
        assertThat(failure.isOutcomeUnknown()).isTrue();
        Wire.dispatch(server, Wire::running);
        Wire.value(client.stop("last"));
        assertThat(Wire.requests(server))
                .extracting(RecordedRequest::getConnectionIndex)
                .containsOnly(0);
    }

    @Test
    void a_stream_that_the_server_resets_is_an_unknown_outcome() {
        MockResponse reset = Wire.answer(200, Wire.stopped(Wire.ID))
                .onResponseBody(new SocketEffect.CloseStream(2))
                .build();
        Wire.dispatch(server, reset, "processing");

        assertThat(Wire.result(client(), Wire.ID))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error().isOutcomeUnknown()).isTrue());

        Wire.dispatch(server, reset, "stopped");
        assertThat(Wire.result(client(), Wire.ID))
                .isInstanceOfSatisfying(
                        Stopped.class,
                        stopped -> assertThat(stopped.recovered()).isTrue());
    }

    @Test
    void an_oversized_body_and_a_cancel_leave_the_connection_to_the_other_streams() throws InterruptedException {
        TaskClient client = client();
        Wire.dispatch(server, Wire.json(200, " ".repeat(1_000_000)), "stopped");
        assertThat(Wire.result(client, Wire.ID)).isInstanceOf(Stopped.class);

        Wire.dispatch(server, Wire::running);
        StepVerifier.create(client.stopAll(Flux.fromIterable(Wire.ids(10_000))).take(50))
                .expectNextCount(50)
                .expectComplete()
                .verify(Wire.LIMIT);

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(200))));
        assertThat(results).hasSize(200).allSatisfy(result -> assertThat(result).isInstanceOf(Stopped.class));
        assertThat(Wire.requests(server))
                .extracting(RecordedRequest::getConnectionIndex)
                .containsOnly(0);
    }

    @Test
    void prior_knowledge_over_https_is_a_contradiction() {
        TaskClientBuilder builder = TaskClient.builder()
                .apiKey(Wire.KEY)
                .baseUrl(URI.create("https://localhost"))
                .http2PriorKnowledge();

        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http2PriorKnowledge");
    }
}
