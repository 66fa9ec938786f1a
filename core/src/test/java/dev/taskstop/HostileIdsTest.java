package dev.taskstop;

import static dev.taskstop.Seeds.oneOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import java.net.URI;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiFunction;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Ids that may be anything, among them what would lead elsewhere if it were put into an address as it is. */
class HostileIdsTest {

    private static final int IDS_FOR_EACH_SEED = 20;

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private final Queue<URI> sent = new ConcurrentLinkedQueue<>();

    static String randomId(Random random) {
        StringBuilder id = new StringBuilder();
        for (int i = random.nextInt(5); i >= 0; i--) {
            id.append(randomPart(random));
        }
        return id.toString();
    }

    private static String randomPart(Random random) {
        return switch (random.nextInt(12)) {
            case 0 -> String.valueOf((char) random.nextInt(0x1_0000));
            case 1 -> String.valueOf((char) random.nextInt(0x80));
            case 2 -> String.valueOf((char) (0xD800 + random.nextInt(0x800)));
            case 3 -> Character.toString(0x1_0000 + random.nextInt(0x10_0000));
            case 4 -> oneOf(random, "..", ".", "../", "/..", "%2e%2e", "%2F", "/", "\\", "//evil.example", "/status");
            case 5 ->
                oneOf(random, "?", "#", ";", "&a=b", "?fromIndex=9", "@evil.example", ":80", "http://evil.example/");
            case 6 ->
                oneOf(
                        random,
                        "\r\n",
                        "\n",
                        "\r\nHost: evil.example",
                        " HTTP/1.1\r\n\r\nGET /",
                        "\u0000",
                        "\u0085",
                        "\u2028");
            case 7 -> oneOf(random, "%", "%%", "%0d%0a", "%00", "%zz", "+", "~", "{taskId}", "%s", "{}", "$1");
            case 8 -> String.valueOf((char) ('!' + random.nextInt(94))).repeat(random.nextInt(300));
            default -> Long.toString(random.nextLong(Long.MAX_VALUE), 36);
        };
    }

    /** Knows no task; a stream is refused as well. */
    private TaskClient clientOfNobody() {
        TaskTransport nobody = new TaskTransport() {
            @Override
            public Mono<TaskResponse> exchange(TaskRequest request) {
                sent.add(request.uri());
                return Mono.just(StubTransport.response(404, "{}"));
            }

            @Override
            public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
                sent.add(request.uri());
                return Flux.from(read.apply(StubTransport.response(404, "{}"), Flux.empty()));
            }
        };
        return TaskClient.builder()
                .apiKey(Wire.KEY)
                .baseUrl(URI.create("https://api.example"))
                .transport(nobody)
                .build();
    }

    @Test
    void any_id_is_refused_before_anything_is_sent_or_asked_for_at_its_own_path_and_nowhere_else() {
        TaskClient client = clientOfNobody();
        Seeds.each("any id", random -> {
            for (int i = 0; i < IDS_FOR_EACH_SEED; i++) {
                assertOwnPathOrNothing(client, randomId(random));
            }
        });
    }

    private void assertOwnPathOrNothing(TaskClient client, String id) {
        sent.clear();

        StopResult result = Wire.result(client, id);
        TaskException status = Wire.failure(client.status(id));
        TaskException log = Wire.failure(client.logs(id));

        assertThat(result.taskId()).isEqualTo(id);
        if (TaskIds.problem(id) != null) {
            assertThat(sent).isEmpty();
            assertThat(result).isInstanceOfSatisfying(Failed.class, failed -> assertRefused(failed.error(), id));
            assertRefused(status, id);
            assertRefused(log, id);
            return;
        }
        assertThat(result).isEqualTo(new NotFound(id));
        assertThat(sent).hasSize(3).allSatisfy(HostileIdsTest::assertLeadsNowhereElse);
        assertThat(sent.stream().map(URI::getPath))
                .containsExactly("/api/tasks/" + id, "/api/tasks/" + id + "/status", "/api/tasks/" + id + "/stream");
        assertThat(sent.stream().map(URI::getRawQuery)).containsExactly(null, null, "fromIndex=0&includeStatus=true");
    }

    private static void assertRefused(TaskException failure, String id) {
        assertThat(failure).isInstanceOf(TaskRequestException.class).hasNoCause();
        assertThat(failure.isOutcomeUnknown()).isFalse();
        if (id.length() > 6) {
            assertThat(failure.getMessage()).doesNotContain(id);
        }
    }

    private static void assertLeadsNowhereElse(URI uri) {
        assertThat(uri.getScheme()).isEqualTo("https");
        assertThat(uri.getRawAuthority()).isEqualTo("api.example");
        assertThat(uri.getRawFragment()).isNull();
        assertThat(uri.normalize()).isEqualTo(uri);
        assertThat(uri.getRawPath()).matches("/api/tasks/[A-Za-z0-9._~%-]+(/status|/stream)?");
    }

    @Test
    void what_stands_on_the_wire_is_that_path_too() {
        Wire.dispatch(server, request -> Wire.json(404, "{}"));
        TaskClient client = wire.client(server);
        Seeds.someOf("any id on the wire", 2, random -> {
            String id = randomId(random);

            StopResult result = Wire.result(client, id);

            List<RecordedRequest> requests = Wire.requests(server);
            if (TaskIds.problem(id) != null) {
                assertThat(result).isInstanceOf(Failed.class);
                assertThat(requests).isEmpty();
            } else {
                assertThat(result).isEqualTo(new NotFound(id));
                assertThat(requests).singleElement().satisfies(request -> assertIsFor(request, id));
            }
        });
    }

    private void assertIsFor(RecordedRequest request, String id) {
        assertThat(request.getRequestLine()).isEqualTo("PATCH /api/tasks/" + escaped(id) + " HTTP/1.1");
        assertThat(request.getHeaders().values("Host")).containsExactly("127.0.0.1:" + server.getPort());
        assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer " + Wire.KEY);
    }

    /** As the standard says, byte by byte. */
    private static String escaped(String id) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean plain = String.valueOf(c).matches("[A-Za-z0-9._~-]");
            escaped.append(plain ? String.valueOf(c) : "%%%02X".formatted((int) c));
        }
        return escaped.toString();
    }
}
