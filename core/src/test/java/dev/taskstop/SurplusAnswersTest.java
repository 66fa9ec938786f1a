package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A server that at times says more than it was asked: nothing of that is taken for the answer to something else. */
class SurplusAnswersTest {

    /** The nightly build asks for 4,000 of each. */
    private static final int MANY = Integer.getInteger("taskstop.ids", 1_000);

    private static final int SOME = 400;
    private static final int REQUESTS_BETWEEN = 60;

    /** Generous: it takes a second or two on a machine with nothing else to do. */
    private static final Duration LIMIT = Duration.ofSeconds(50);

    @RegisterExtension
    final Wire wire = new Wire();

    private final Set<String> stopped = ConcurrentHashMap.newKeySet();
    private final AtomicInteger surplus = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();

    private enum Form {
        CLOUD,
        AGENT_V1
    }

    /** What comes after an answer without having been asked for. */
    private enum Kind {
        NOT_FOUND(404, "{\"error\":\"Task not found\"}", Form.CLOUD),
        UNAUTHORIZED(401, "{\"error\":\"Invalid API key\"}", Form.CLOUD, Form.AGENT_V1),
        NOT_ACTIVE(400, "{\"error\":\"Task is not active\"}"),
        STOPPED_IN_CLOUD(200, "{\"task\":{\"id\":\"another\",\"status\":\"stopped\"}}"),
        STOPPED_IN_V1(200, "{\"success\":true,\"message\":\"Task cancelled\",\"status\":\"cancelled\"}", Form.AGENT_V1),
        TWO_AT_ONCE(404, "{}") {
            @Override
            byte[] bytes() {
                return twice(super.bytes());
            }
        },
        HALF_OF_ONE(404, "{\"error\":\"Task not found\"}") {
            @Override
            byte[] bytes() {
                return Arrays.copyOf(super.bytes(), 30);
            }
        },
        GARBAGE(0, "") {
            @Override
            byte[] bytes() {
                return RawServer.bytes("0\r\n\r\nHTTP");
            }
        };

        private final int status;
        private final String body;

        @SuppressWarnings("ImmutableEnumChecker")
        private final List<Form> mostHarmfulTo;

        Kind(int status, String body, Form... mostHarmfulTo) {
            this.status = status;
            this.body = body;
            this.mostHarmfulTo = List.of(mostHarmfulTo);
        }

        byte[] bytes() {
            return RawServer.json(status, body);
        }

        private static byte[] twice(byte[] bytes) {
            byte[] both = Arrays.copyOf(bytes, 2 * bytes.length);
            System.arraycopy(bytes, 0, both, bytes.length, bytes.length);
            return both;
        }
    }

    static Stream<Arguments> journeys() {
        List<Arguments> all = new ArrayList<>();
        for (boolean tls : new boolean[] {false, true}) {
            for (Form form : Form.values()) {
                for (Kind kind : Kind.values()) {
                    all.add(Arguments.of(form, kind, tls, kind.mostHarmfulTo.contains(form) ? MANY : SOME));
                }
            }
        }
        return all.stream();
    }

    /** Each task runs and can be stopped, so that any other result is false. */
    @ParameterizedTest(name = "{0} {1} TLS={2}, {3} ids")
    @MethodSource("journeys")
    void a_surplus_answer_is_taken_for_no_other(Form form, Kind kind, boolean tls, int ids) throws IOException {
        RawServer.Conversation conversation = peer -> converse(peer, form, kind);
        try (RawServer server = tls
                ? new RawServer(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), conversation)
                : new RawServer(conversation)) {
            TaskClient client = wire.client(
                    server.url(),
                    settings -> settings.dialect(form == Form.CLOUD ? TaskDialect.cloud() : TaskDialect.agentV1())
                            .retry(Wire.QUICK.withMaxAttempts(6).withBudget(100))
                            .httpClient(tls ? RawTls.TRUSTING : http -> http));

            List<StopResult> results = new ArrayList<>();
            StepVerifier.create(client.stopAll(Flux.fromIterable(Wire.ids(ids))).doOnNext(results::add))
                    .expectNextCount(ids)
                    .expectComplete()
                    .verify(LIMIT);

            assertThat(results.stream().filter(this::isFalse))
                    .as("false results")
                    .isEmpty();
            assertThat(results.stream().filter(Stopped.class::isInstance).count())
                    .isGreaterThan(ids * 9 / 10);
            assertThat(surplus).hasValueGreaterThan(5);
        }
    }

    private boolean isFalse(StopResult result) {
        if (result instanceof Stopped) {
            return !stopped.contains(result.taskId());
        }
        if (result instanceof Failed failed) {
            return !failed.error().isOutcomeUnknown() && stopped.contains(result.taskId());
        }
        return result instanceof NotFound || result instanceof AlreadyEnded || result instanceof Skipped;
    }

    private void converse(RawServer.Peer peer, Form form, Kind kind) throws IOException {
        for (String request = peer.next(); request != null; request = peer.next()) {
            byte[] answer = form == Form.CLOUD ? cloud(request) : agentV1(request);
            if (asked.incrementAndGet() % REQUESTS_BETWEEN == 0) {
                surplus.incrementAndGet();
                byte[] more = kind.bytes();
                byte[] both = Arrays.copyOf(answer, answer.length + more.length);
                System.arraycopy(more, 0, both, answer.length, more.length);
                answer = both;
            }
            peer.say(answer);
        }
    }

    private byte[] cloud(String request) {
        String id = Wire.taskId(request.split(" ", -1)[1]);
        if (request.startsWith("GET")) {
            return RawServer.json(200, Wire.status(id, stopped.contains(id) ? "stopped" : "processing"));
        }
        return stopped.add(id) ? RawServer.json(200, Wire.stopped(id)) : RawServer.json(400, "{}");
    }

    private byte[] agentV1(String request) {
        String id =
                request.split(" ", -1)[1].replaceFirst("^/api/v1/tasks/", "").replaceFirst("[/?].*$", "");
        if (request.startsWith("GET")) {
            String state = stopped.contains(id) ? "cancelled" : "running";
            return RawServer.json(200, "{\"runId\":\"" + id + "\",\"status\":\"" + state + "\"}");
        }
        return stopped.add(id)
                ? RawServer.json(200, "{\"success\":true,\"message\":\"Task cancelled\",\"status\":\"cancelled\"}")
                : RawServer.json(400, "{\"error\":\"Task is already done\"}");
    }
}
