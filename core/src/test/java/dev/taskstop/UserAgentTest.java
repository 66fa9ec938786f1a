package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests say that they come from. */
class UserAgentTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private List<String> sent(TaskClient client) throws InterruptedException {
        Wire.dispatch(
                server,
                request -> request.getTarget().contains("/stream")
                        ? LogBodies.stream(StubLogs.complete("completed")).build()
                        : Wire.running(request));
        Wire.value(client.stop(ID));
        Wire.value(client.status(ID));
        Wire.values(client.logs(ID));
        return Wire.requests(server).stream()
                .flatMap(request -> request.getHeaders().values("User-Agent").stream())
                .toList();
    }

    @Test
    void every_request_names_the_library_and_its_version() throws InterruptedException {
        assertThat(sent(wire.client(server))).hasSize(3).allMatch(agent -> agent.matches("taskstop/[\\w.-]+"));
    }

    @Test
    void an_application_adds_its_own_part() throws InterruptedException {
        assertThat(sent(wire.client(server, settings -> settings.userAgent("my-service/2.3 (team a)"))))
                .hasSize(3)
                .allMatch(agent -> agent.matches("taskstop/[\\w.-]+ my-service/2\\.3 \\(team a\\)"));
    }

    @Test
    void a_transport_is_told_what_to_say() {
        TaskRequest request = TaskDialect.cloud()
                .statusRequest(
                        new Origin(URI.create("https://127.0.0.1"), "", false, UserAgent.of("my-service/2.3")), ID);

        assertThat(request.userAgent()).startsWith("taskstop/").endsWith(" my-service/2.3");
        assertThat(request.withAuthorization("Bearer x").userAgent()).isEqualTo(request.userAgent());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\nb", "a\r\nX-Other: 1", "a\u0000", "é", " a", "a ", "a  b", "\t", "a\u007f"})
    void what_no_header_can_hold_is_refused_without_being_repeated(String application) {
        assertThatThrownBy(() -> TaskClient.builder().userAgent(application))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("userAgent takes words of printable ASCII");
        assertThatThrownBy(() -> TaskClient.builder().userAgent("x".repeat(257)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
