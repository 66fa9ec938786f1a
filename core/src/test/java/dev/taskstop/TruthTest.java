package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.transport.ProxyProvider.Proxy;

/** What a failure says about the outcome, when several attempts went wrong in several ways. */
class TruthTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @Test
    void a_stop_that_may_have_worked_stays_unknown_when_the_server_is_gone_afterwards() {
        Wire.dispatch(
                server,
                request -> Wire.answer(200, "")
                        .shutdownServer(true)
                        .onResponseStart(new SocketEffect.CloseSocket())
                        .build());
        TaskClient client = wire.client(server, settings -> settings.retry(Wire.QUICK.withMaxAttempts(3)));

        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(failure.isOutcomeUnknown()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 409})
    void a_stop_that_may_have_worked_stays_unknown_when_the_next_attempt_is_refused(int status) {
        AtomicInteger requests = new AtomicInteger();
        Wire.dispatch(server, request -> Wire.json(requests.incrementAndGet() == 1 ? 500 : status, "{}"));

        TaskException failure = Wire.failure(wire.client(server).stop(ID));

        assertThat(failure.isOutcomeUnknown()).isTrue();
    }

    @Test
    void a_proxy_that_refuses_the_tunnel_means_that_nothing_was_sent() {
        Wire.dispatch(server, request -> Wire.json(407, ""));
        TaskClient client = wire.client(
                server,
                settings -> settings.retry(Wire.ONCE)
                        .httpClient(http -> http.proxy(
                                spec -> spec.type(Proxy.HTTP).host("127.0.0.1").port(server.getPort()))));

        assertThat(Wire.failure(client.stop(ID)).isOutcomeUnknown()).isFalse();
    }
}
