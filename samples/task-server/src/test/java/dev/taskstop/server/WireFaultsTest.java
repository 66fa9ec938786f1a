package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Http2Wire.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is on the wire, byte by byte: a client's codec would hide it. */
class WireFaultsTest {

    private static final int REFUSED_STREAM = 7;
    private static final int INITIAL_WINDOW_SIZE = 4;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.1 (\\d+) ");

    @ParameterizedTest
    @ValueSource(ints = {200, 400, 401, 404})
    void a_surplus_answer_comes_behind_the_right_one_on_the_same_connection(int status) throws IOException {
        Faults faults = Faults.none().with(FaultKind.SURPLUS, 1).withSurplusStatus(status);
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withFaults(faults))) {
            String id =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

            String wire = exchange(
                    server,
                    stop(server, "/api/tasks/" + id, TestClient.STOP, false)
                            + stop(server, "/api/tasks/none", TestClient.STOP, true));

            // The task that is not there is answered before there is anything to go wrong with.
            assertThat(statuses(wire)).containsExactly(200, status, 404);
            assertThat(server.ledger().of(id).status()).isEqualTo(Status.STOPPED);
        }
    }

    @Test
    void the_seed_chooses_among_surplus_answers() throws IOException {
        Faults faults = Faults.none().with(FaultKind.SURPLUS, 1);
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withFaults(faults))) {
            StringBuilder requests = new StringBuilder();
            for (String id : server.createTasks(30, Lifecycle.staysIn(Status.PROCESSING))) {
                requests.append(stop(server, "/api/v1/tasks/" + id, TestClient.CANCEL, false));
            }
            String wire = exchange(server, requests + stop(server, "/api/tasks/none", TestClient.STOP, true));

            assertThat(statuses(wire)).hasSize(61).contains(200, 400, 401, 404);
        }
    }

    @ParameterizedTest
    @CsvSource({"/api/tasks/, stop", "/api/v1/tasks/, cancel"})
    void interim_answers_come_before_the_right_one(String path, String action) throws IOException {
        Faults faults = Faults.none().with(FaultKind.INTERIM, 1);
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withFaults(faults))) {
            String id =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);

            String wire = exchange(server, stop(server, path + id, "{\"action\":\"" + action + "\"}", true));

            assertThat(statuses(wire)).containsExactly(102, 103, 200);
        }
    }

    @Test
    void interim_answers_of_http_2_are_heads_of_their_own_on_the_stream() throws IOException {
        withFault(FaultKind.INTERIM, (server, wire, ids) -> {
            wire.stop(1, server, ids.get(0));

            for (int head = 0; head < 3; head++) {
                Frame frame = wire.await(it -> it.stream() == 1);
                assertThat(frame.type()).isEqualTo(Http2Wire.HEADERS);
                assertThat(frame.isLast()).isFalse();
            }
            assertThat(wire.await(it -> it.stream() == 1).type()).isEqualTo(Http2Wire.DATA);
        });
    }

    @Test
    void a_refused_stream_says_so_and_the_connection_goes_on() throws IOException {
        withFault(FaultKind.REFUSED_STREAM, (server, wire, ids) -> {
            for (int i = 0; i < 2; i++) {
                int stream = 1 + 2 * i;
                wire.stop(stream, server, ids.get(i));

                Frame frame = wire.await(it -> it.stream() == stream);
                assertThat(frame.type()).isEqualTo(Http2Wire.RESET);
                assertThat(frame.number(0)).isEqualTo(REFUSED_STREAM);
                assertThat(server.ledger().of(ids.get(i)).status()).isEqualTo(Status.PROCESSING);
            }
        });
    }

    @Test
    void an_open_go_away_takes_nothing_back_and_leaves_the_close_to_the_client() throws IOException {
        withFault(FaultKind.GO_AWAY_OPEN, (server, wire, ids) -> {
            wire.stop(1, server, ids.get(0));

            Frame goAway = wire.await(it -> it.type() == Http2Wire.GO_AWAY);
            assertThat(goAway.number(0)).isEqualTo(1);
            assertThat(goAway.number(4)).isZero();
            assertThat(wire.await(Frame::isLast).stream()).isEqualTo(1);
            assertThat(server.ledger().of(ids.get(0)).status()).isEqualTo(Status.STOPPED);
        });
    }

    @Test
    void a_closed_window_has_no_room_for_the_next_body() throws IOException {
        withFault(FaultKind.CLOSED_WINDOW, (server, wire, ids) -> {
            wire.stop(1, server, ids.get(0));

            Frame settings = wire.await(it -> it.type() == Http2Wire.SETTINGS && it.payload().length == 6);
            assertThat(settings.payload()).containsExactly(0, INITIAL_WINDOW_SIZE, 0, 0, 0, 0);
            assertThat(wire.await(Frame::isLast).stream()).isEqualTo(1);
        });
    }

    /** As much as the window of a connection has at first, so that a server that gives back gives some back here. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_closed_connection_window_gives_no_room_back_while_answers_go_on(boolean closed) throws IOException {
        Faults faults = Faults.none().with(FaultKind.CLOSED_CONNECTION_WINDOW, closed ? 1 : 0);
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withFaults(faults));
                Http2Wire wire = new Http2Wire(server)) {
            String large = TestClient.STOP + " ".repeat(16_000 - TestClient.STOP.length());
            List<Frame> updates = new ArrayList<>();
            List<String> ids = server.createTasks(5, Lifecycle.staysIn(Status.PROCESSING));
            for (int i = 0; i < ids.size(); i++) {
                int stream = 1 + 2 * i;
                wire.stop(stream, server, ids.get(i), i == 0 ? TestClient.STOP : large);
                wire.await(frame -> {
                    if (frame.type() == Http2Wire.WINDOW_UPDATE && frame.stream() == 0) {
                        updates.add(frame);
                    }
                    return frame.stream() == stream && frame.isLast();
                });
                assertThat(server.ledger().of(ids.get(i)).status()).isEqualTo(Status.STOPPED);
            }

            assertThat(updates.isEmpty()).isEqualTo(closed);
        }
    }

    private interface Course {
        void run(TaskServer server, Http2Wire wire, List<String> ids) throws IOException;
    }

    private static void withFault(FaultKind kind, Course course) throws IOException {
        Faults faults = Faults.none().with(kind, 1);
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withFaults(faults));
                Http2Wire wire = new Http2Wire(server)) {
            course.run(server, wire, server.createTasks(3, Lifecycle.staysIn(Status.PROCESSING)));
        }
    }

    private static String stop(TaskServer server, String path, String body, boolean last) {
        return "PATCH " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + server.key()
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n"
                + (last ? "Connection: close\r\n" : "") + "\r\n" + body;
    }

    /** Sends requests one behind the other, and reads whatever comes until the server closes the connection. */
    private static String exchange(TaskServer server, String requests) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(
                    server.baseUrl().getHost(), server.baseUrl().getPort()));
            socket.setSoTimeout((int) TestClient.PATIENCE.toMillis());
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static List<Integer> statuses(String wire) {
        return STATUS_LINE
                .matcher(wire)
                .results()
                .map(result -> Integer.valueOf(result.group(1)))
                .toList();
    }
}
