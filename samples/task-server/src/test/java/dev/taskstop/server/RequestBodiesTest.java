package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.http.HttpProtocol;

/**
 * Whatever body comes, on each route that reads one, about whosever task, in the order of the documentation: key, broken
 * JSON, task, and only then what is wrong with what was asked for.
 */
class RequestBodiesTest {

    private static final String OTHER_USER = "bob@example.com";

    private static final TaskServer SERVER =
            TaskServer.start(TaskServerOptions.defaults().withUser(OTHER_USER, "key-of-bob"));

    /** Whose task it is. */
    private enum Whose {
        OWN,
        SOMEBODY_ELSES,
        NOBODYS
    }

    /** A kind of body. */
    private enum Kind {
        NO_JSON,
        OF_ANOTHER_FORM,
        WITHOUT_WHAT_IS_ASKED_FOR
    }

    private static final Map<Kind, List<String>> BODIES = Map.of(
            Kind.NO_JSON,
                    List.of(
                            "",
                            " ",
                            "\n\t",
                            "{",
                            "}",
                            "stop",
                            "action=stop",
                            "null",
                            "{\"action\":\"stop\"}{}",
                            "{\"action\":\"stop\"} 1",
                            "{\"action\":\"stop\"},",
                            "[\"stop\"",
                            "{\"action\":{}",
                            "{\"action\":[],}",
                            "{'action':'stop'}",
                            "{\"action\":NaN}"),
            Kind.OF_ANOTHER_FORM,
                    List.of(
                            "[]",
                            "[{\"action\":\"stop\"}]",
                            "5",
                            "true",
                            "\"stop\"",
                            "{\"action\":{},\"prompt\":{},\"currentPrompt\":[]}",
                            "{\"action\":[\"stop\"],\"title\":[],\"prompt\":[\"p\"],\"currentPrompt\":[\"p\"]}"),
            Kind.WITHOUT_WHAT_IS_ASKED_FOR,
                    List.of(
                            "{}",
                            "{\"Action\":\"stop\",\"Prompt\":\"p\"}",
                            "{\"more\":1}",
                            "{\"action\":null,\"prompt\":null,\"currentPrompt\":\"  \"}"));

    /** A route that reads a body. */
    private enum Reading {
        STOP("/api/tasks/ID"),
        CONTINUE("/api/tasks/ID/continue"),
        CREATE("/api/tasks"),
        V1_CANCEL("/api/v1/tasks/ID"),
        V1_CONTINUE("/api/v1/tasks/ID/continue"),
        V1_CREATE("/api/v1/tasks");

        private final String path;

        Reading(String path) {
            this.path = path;
        }

        private HttpMethod method() {
            return path.endsWith("/ID") ? HttpMethod.PATCH : HttpMethod.POST;
        }

        private boolean isV1() {
            return path.contains("/v1/");
        }

        private int expected(Kind kind, Whose whose) {
            if (kind == Kind.NO_JSON) {
                return isV1() ? 400 : 500;
            }
            boolean namesOne = path.contains("ID");
            if (namesOne && whose != Whose.OWN) {
                return whose == Whose.SOMEBODY_ELSES && isV1() ? 403 : 404;
            }
            return 400;
        }
    }

    static Stream<Arguments> cases() {
        return Stream.of(HttpProtocol.HTTP11, HttpProtocol.H2C)
                .flatMap(protocol -> Stream.of(Reading.values())
                        .flatMap(route -> Stream.of(Whose.values())
                                .flatMap(whose -> Stream.of(Kind.values())
                                        .map(kind -> Arguments.of(protocol, route, whose, kind)))));
    }

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void a_body_is_refused_in_the_order_of_the_documentation_and_changes_nothing(
            HttpProtocol protocol, Reading route, Whose whose, Kind kind) {
        String id = switch (whose) {
            case OWN ->
                SERVER.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
            case SOMEBODY_ELSES ->
                SERVER.createTasks(OTHER_USER, 1, Lifecycle.staysIn(Status.PROCESSING))
                        .get(0);
            case NOBODYS -> "none";
        };
        long tasks = SERVER.ledger().tasks().count();
        TestClient client = TestClient.onOneConnection(SERVER, protocol);
        TestClient stranger = new TestClient(SERVER, "wrong", protocol);
        for (String body : BODIES.getOrDefault(kind, List.of())) {
            TestClient.Reply reply = send(client, route, id, body);

            assertThat(reply.status()).as(body).isEqualTo(route.expected(kind, whose));
            assertThat(reply.headers().get("content-type")).isEqualTo(TestClient.JSON);
            assertThat(reply.json().properties()).hasSize(1);
            assertThat(reply.error()).as(body).isNotEmpty();
            assertThat(send(stranger, route, id, body).status()).as(body).isEqualTo(401);
        }
        assertThat(SERVER.ledger().tasks()).hasSize((int) tasks);
        if (whose != Whose.NOBODYS) {
            assertThat(SERVER.ledger().of(id)).isEqualTo(new LedgerEntry(id, 0, 0, null, Status.PROCESSING));
        }
    }

    private static TestClient.Reply send(TestClient client, Reading route, String id, String body) {
        return TestClient.await(client.exchange(route.method(), route.path.replace("ID", id), TestClient.JSON, body));
    }
}
