package dev.taskstop;

import static dev.taskstop.Seeds.oneOf;
import static dev.taskstop.Wire.ID;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskLogEvent.Complete;
import dev.taskstop.TaskLogEvent.Log;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Log streams that may be anything, cut into chunks anywhere; in virtual time. */
class HostileLogsTest {

    private static final int STREAMS_FOR_EACH_SEED = 10;

    private static final String ENTRY = """
            {"index":%s,"log":{"type":"info","message":"m","agent":"a","timestamp":"2024-01-15T10:00:00.000Z"},\
            "timestamp":1700000000}""";

    /** Streams at random, another stream each time. */
    private static final class Liar implements TaskTransport {

        private final Random random;
        private final List<String> queries = new CopyOnWriteArrayList<>();

        Liar(Random random) {
            this.random = random;
        }

        @Override
        public Mono<TaskResponse> exchange(TaskRequest request) {
            return Mono.error(new AssertionError("A log asks for nothing else"));
        }

        @Override
        public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
            return Flux.defer(() -> {
                queries.add(request.uri().getRawQuery());
                String type =
                        oneOf(random, "text/event-stream", "TEXT/EVENT-STREAM;charset=x", "text/html", "", "\u0000");
                TaskResponse head = random.nextInt(4) > 0
                        ? StubTransport.response(200, "")
                        : StubTransport.response(
                                HostileBodies.status(random),
                                "{\"error\":7}",
                                "Content-Type",
                                type,
                                "Retry-After",
                                HostileBodies.header(random),
                                "Date",
                                HostileBodies.header(random));
                return read.apply(head, Flux.fromIterable(chunks(random, randomStream(random))));
            });
        }
    }

    private static byte[] randomStream(Random random) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = random.nextInt(12); i >= 0; i--) {
            stream.writeBytes(randomPart(random));
        }
        return stream.toByteArray();
    }

    private static byte[] randomPart(Random random) {
        String end = oneOf(random, "\n\n", "\r\r", "\r\n\r\n", "\n", "\r", "\n\r\n", "");
        return switch (random.nextInt(8)) {
            case 0, 1 -> event("log", ENTRY.formatted(random.nextInt(40)).getBytes(UTF_8), end);
            case 2 -> event("log", ENTRY.formatted(randomIndex(random)).getBytes(UTF_8), end);
            case 3 ->
                event(
                        oneOf(random, "connected", "status", "complete", "error", "log", "other", ""),
                        HostileBodies.spoilt(
                                random, "{\"index\":3,\"status\":\"processing\",\"totalLogs\":2,\"fromIndex\":0}"),
                        end);
            case 4 ->
                oneOf(
                                random,
                                StubLogs.connected(),
                                StubLogs.status("saving"),
                                StubLogs.error(),
                                StubLogs.complete("odd"))
                        .getBytes(UTF_8);
            case 5 -> {
                byte[] garbage = new byte[random.nextInt(200)];
                random.nextBytes(garbage);
                yield garbage;
            }
            case 6 ->
                (oneOf(random, "data: ", ":", "id: ", "x", "event: ") + "y".repeat(oneOf(random, 10, 65_530, 70_000)))
                        .getBytes(UTF_8);
            default ->
                oneOf(
                                random,
                                "\u0000",
                                "\uFEFF",
                                "data",
                                "data:\n\n",
                                "event: log\n\n",
                                ":\n",
                                "retry: 99999999999\n",
                                "\n\n\n")
                        .getBytes(UTF_8);
        };
    }

    private static String randomIndex(Random random) {
        return oneOf(
                random,
                "-1",
                "1.0",
                "1e3",
                "\"7\"",
                "null",
                "9223372036854775807",
                "9223372036854775806",
                "9223372036854775808",
                "1e400",
                "[]");
    }

    private static byte[] event(String name, byte[] data, String end) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        event.writeBytes(("event: " + name + "\ndata: ").getBytes(UTF_8));
        event.writeBytes(data);
        event.writeBytes(end.getBytes(UTF_8));
        return event.toByteArray();
    }

    private static List<byte[]> chunks(Random random, byte[] stream) {
        int longest = oneOf(random, 1, 10, 1_000, 100_000);
        // A long stream byte by byte would take its time and show no more than a short one.
        int step = stream.length > 10_000 ? Math.max(longest, 1_000) : longest;
        List<byte[]> chunks = new ArrayList<>();
        for (int from = 0, to; from < stream.length; from = to) {
            to = Math.min(stream.length, from + 1 + random.nextInt(step));
            chunks.add(Arrays.copyOfRange(stream, from, to));
        }
        return chunks;
    }

    @Test
    void any_stream_ends_with_its_last_event_or_a_task_exception_and_its_indices_ascend() {
        int[] ends = new int[2];
        Seeds.each("any log stream", random -> {
            for (int i = 0; i < STREAMS_FOR_EACH_SEED; i++) {
                boolean completed = assertEndsWell(new Liar(random), random.nextInt(20));
                ends[completed ? 1 : 0]++;
            }
        });
        System.out.printf("%,d streams failed, %,d completed%n", ends[0], ends[1]);
        assertThat(ends[0]).isPositive();
        assertThat(ends[1]).isPositive();
    }

    private static boolean assertEndsWell(Liar liar, long fromIndex) {
        List<TaskLogEvent> events = new ArrayList<>();
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        StepVerifier.withVirtualTime(() -> TaskClient.builder()
                        .apiKey(Wire.KEY)
                        .transport(liar)
                        .retry(StopRetry.defaults().withMaxAttempts(3))
                        .build()
                        .logs(ID, fromIndex)
                        .doOnNext(events::add)
                        .doOnError(failure::set)
                        .onErrorComplete()
                        .then())
                .thenAwait(Duration.ofDays(1))
                .expectComplete()
                .verify(Wire.LIMIT);

        List<Long> indices = events.stream()
                .filter(Log.class::isInstance)
                .map(event -> ((Log) event).index())
                .toList();
        assertThat(indices).isSorted().doesNotHaveDuplicates().allMatch(index -> index >= fromIndex);
        assertThat(liar.queries).allMatch(query -> query.matches("fromIndex=\\d+&includeStatus=true"));
        if (failure.get() == null) {
            assertThat(events).last().isInstanceOf(Complete.class);
            return true;
        }
        assertThat(failure.get()).isInstanceOf(TaskException.class);
        assertThat(events).noneMatch(Complete.class::isInstance);
        return false;
    }
}
