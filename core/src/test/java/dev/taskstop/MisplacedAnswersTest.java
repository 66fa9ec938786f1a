package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** An answer that came late, and was taken for that to the next request, is known by its id. */
class MisplacedAnswersTest {

    private static final String GONE = "task-2";
    private static final int LATE = 2;

    @RegisterExtension
    final Wire wire = new Wire();

    /** How many requests came on each connection. */
    private final List<AtomicInteger> connections = new CopyOnWriteArrayList<>();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void an_answer_about_another_task_ends_its_connection(boolean tls) throws IOException {
        try (RawServer server = tls
                ? new RawServer(RawTls.ADDRESS, RawTls.negotiating("http/1.1"), this::converse)
                : new RawServer(this::converse)) {
            TaskClient client = wire.client(
                    server.url(), settings -> settings.concurrency(1).httpClient(tls ? RawTls.TRUSTING : http -> http));

            List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(20))));

            assertThat(results).filteredOn(Stopped.class::isInstance).hasSize(19);
            assertThat(results).filteredOn(NotFound.class::isInstance).containsExactly(new NotFound(GONE));
            assertThat(connections.subList(0, LATE))
                    .allSatisfy(late -> assertThat(late).hasValueBetween(1, 2));
        }
    }

    /** The first connections repeat their first answer, and from then on each answer is that to the request before. */
    private void converse(RawServer.Peer peer) throws IOException {
        AtomicInteger asked = new AtomicInteger();
        connections.add(asked);
        boolean isLate = connections.indexOf(asked) < LATE;
        Queue<byte[]> late = new ArrayDeque<>();
        for (String request = peer.next(); request != null; request = peer.next()) {
            byte[] answer = answer(Wire.taskId(request.split(" ", -1)[1]));
            asked.incrementAndGet();
            if (isLate) {
                if (late.isEmpty()) {
                    late.add(answer);
                }
                late.add(answer);
                answer = late.remove();
            }
            peer.say(answer);
        }
    }

    private static byte[] answer(String id) {
        return id.equals(GONE) ? RawServer.json(404, "{}") : RawServer.json(200, Wire.stopped(id));
    }
}
