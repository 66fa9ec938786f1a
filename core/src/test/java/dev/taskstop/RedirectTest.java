package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskResponseException.Reason;
import java.util.function.UnaryOperator;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.client.HttpClient;

class RedirectTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @StartStop
    final MockWebServer elsewhere = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_redirect_is_never_followed(int status) throws InterruptedException {
        assertNotFollowed(status, client -> client);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void a_customizer_cannot_turn_redirects_on(int status) throws InterruptedException {
        assertNotFollowed(status, client -> client.followRedirect(true));
        assertNotFollowed(status, client -> client.followRedirect((request, response) -> true));
        assertNotFollowed(status, client -> client.followRedirect(true, request -> {}));
    }

    private void assertNotFollowed(int status, UnaryOperator<HttpClient> customizer) throws InterruptedException {
        Wire.dispatch(elsewhere, Wire::running);
        for (MockWebServer target : new MockWebServer[] {elsewhere, server}) {
            String location = "http://127.0.0.1:" + target.getPort() + "/api/tasks/" + ID;
            Wire.dispatch(
                    server,
                    request -> new MockResponse.Builder()
                            .code(status)
                            .addHeader("Location", location)
                            .build());
            TaskClient client = wire.client(server, settings -> settings.httpClient(customizer));

            TaskException failure = Wire.failure(client.stop(ID));

            assertThat(failure).isInstanceOfSatisfying(TaskResponseException.class, redirect -> {
                assertThat(redirect.reason()).isEqualTo(Reason.UNEXPECTED);
                assertThat(redirect.status()).isEqualTo(status);
            });
            assertThat(failure.getMessage()).doesNotContain("127.0.0.1");
            assertThat(Wire.methods(server)).containsExactly("PATCH");
        }
        assertThat(elsewhere.getRequestCount()).isZero();
    }
}
