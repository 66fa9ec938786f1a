package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.util.List;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Headers that nobody needs, such as those of a gateway in between: they may be long, but not without an end. */
class HeadersTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private TaskClient client(boolean http2) {
        if (http2) {
            server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        }
        return wire.client(server, settings -> {
            TaskClientBuilder once = settings.retry(Wire.ONCE);
            return http2 ? once.http2PriorKnowledge() : once;
        });
    }

    private static MockResponse withPolicy(int length) {
        return Wire.answer(200, Wire.stopped(ID))
                .addHeader("Content-Security-Policy", "x".repeat(length))
                .build();
    }

    @ParameterizedTest
    @CsvSource({"false, 9000", "false, 60000", "true, 9000", "true, 11000", "true, 60000"})
    void may_be_long(boolean http2, int length) {
        Wire.dispatch(server, withPolicy(length), "processing");

        assertThat(Wire.result(client(http2), ID))
                .isInstanceOfSatisfying(
                        Stopped.class,
                        stopped -> assertThat(stopped.recovered()).isFalse());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void that_are_too_long_leave_the_outcome_unknown_and_harm_no_other(boolean http2) {
        Wire.dispatch(
                server,
                request -> Wire.isStop(request) && Wire.taskId(request).equals(ID)
                        ? withPolicy(100_000)
                        : Wire.running(request));
        TaskClient client = client(http2);

        assertThat(Wire.result(client, ID))
                .isInstanceOfSatisfying(
                        Failed.class,
                        failed -> assertThat(failed.error().isOutcomeUnknown()).isTrue());

        assertThat(Wire.result(client, "next")).isInstanceOf(Stopped.class);
    }
}
