package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Answers that may be anything: each call ends in one truthful result or a {@link TaskException}; in virtual time. */
class HostileAnswersTest {

    private static final int FOR_EACH_SEED = 4;
    private static final int ENOUGH = 300;
    private static final JsonMapper MAPPER = JsonMapper.shared();

    private static final String V1_CANCELLED = Fixtures.read("PATCH_v1_cancelled.json");
    private static final String V1_STATUS =
            "{\"runId\":\"%s\",\"status\":\"cancelled\",\"progress\":42,\"error\":null}";
    private static final String PAGE = """
            {"tasks":[{"id":"t1","runId":"t1","status":"processing","progress":45,"prompt":"p","createdAt":"2024-01-15T10:00:00.000Z"},
                      {"id":"t2","runId":"t2","status":"completed","completedAt":"2024-01-15T10:00:00.000Z"}],
             "hasMore":true,"resetAt":1700000000}""";
    private static final String REFUSAL = """
            {"error":{"code":"x","message":"m","resetAt":1700000000,"metadata":{"resetAt":"2024-01-15T10:00:00Z"}},
             "resetAt":1700000000000}""";

    /** Answers at random. */
    private static final class Liar implements TaskTransport {

        private final Random random;
        private @Nullable TaskResponse lastToStop;

        Liar(Random random) {
            this.random = random;
        }

        @Override
        public Mono<TaskResponse> exchange(TaskRequest request) {
            return Mono.fromSupplier(() -> {
                TaskResponse answer = answer(request);
                if (request.method().equals("PATCH")) {
                    lastToStop = answer;
                }
                return answer;
            });
        }

        private TaskResponse answer(TaskRequest request) {
            Map<String, @Nullable String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String name : List.of("Date", "Retry-After", "Content-Type")) {
                if (random.nextInt(3) == 0) {
                    headers.put(name, HostileBodies.header(random));
                }
            }
            int status = HostileBodies.status(random);
            String good = status == 200 || random.nextBoolean() ? goodAnswer(request) : REFUSAL;
            byte[] body = HostileBodies.spoilt(random, good);
            return new TaskResponse(status, headers::get, body, random.nextInt(20) == 0);
        }

        private String goodAnswer(TaskRequest request) {
            boolean v1 = request.pathTemplate().contains("v1");
            if (request.method().equals("PATCH")) {
                return v1 ? V1_CANCELLED : Wire.stopped(ID);
            }
            if (request.pathTemplate().endsWith("/tasks")) {
                return PAGE;
            }
            return v1
                    ? V1_STATUS.formatted(ID)
                    : Wire.status(ID, Seeds.oneOf(random, "processing", "stopped", "completed", "pending", "odd"));
        }
    }

    static Stream<Arguments> calls() {
        return Stream.of(
                call("stop", client -> client.stop(ID)),
                call("status", client -> client.status(ID)),
                call("list", client -> client.list(TaskQuery.all()).take(ENOUGH)),
                call(
                        "stopActive",
                        client -> client.stopActive(TaskQuery.active(), StopAllOptions.defaults())
                                .take(ENOUGH)),
                call(
                        "dry run",
                        client -> client.stopAll(
                                Flux.just(ID), StopAllOptions.defaults().withDryRun(true))),
                call(
                        "confirm",
                        client -> client.stopAll(
                                Flux.just(ID), StopAllOptions.defaults().withConfirm(true))),
                call("awaitDone", client -> client.awaitDone(ID).timeout(Duration.ofDays(1), Mono.empty())),
                call("awaitOrStop", client -> client.awaitOrStop(ID, Duration.ofMinutes(1), AwaitOptions.defaults())));
    }

    private static Arguments call(String name, Function<TaskClient, Publisher<?>> call) {
        return argumentSet(name, name, call);
    }

    private static TaskClient client(TaskDialect dialect, TaskTransport transport) {
        return TaskClient.builder()
                .apiKey(Wire.KEY)
                .dialect(dialect)
                .transport(transport)
                .retry(StopRetry.defaults().withMaxAttempts(3))
                .build();
    }

    @ParameterizedTest
    @MethodSource("calls")
    void any_answer_ends_a_call_with_a_result_or_a_task_exception(
            String name, Function<TaskClient, Publisher<?>> call) {
        for (TaskDialect dialect : List.of(TaskDialect.cloud(), TaskDialect.agentV1())) {
            Seeds.each(name + ", " + dialect.name(), random -> {
                for (int i = 0; i < FOR_EACH_SEED; i++) {
                    assertEndsWell(() -> call.apply(client(dialect, new Liar(random))));
                }
            });
        }
    }

    private static void assertEndsWell(Supplier<Publisher<?>> call) {
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        StepVerifier.withVirtualTime(() -> Flux.from(call.get())
                        .doOnNext(value -> assertThat(value.toString()).isNotNull())
                        .doOnError(failure::set)
                        .onErrorComplete()
                        .then())
                .thenAwait(Duration.ofDays(2))
                .expectComplete()
                .verify(Wire.LIMIT);
        if (failure.get() != null) {
            assertThat(failure.get()).isInstanceOf(TaskException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cloud", "agent_v1"})
    void any_answer_to_a_stop_gives_one_result_and_a_stop_is_told_only_where_the_server_told_of_one(String name) {
        TaskDialect dialect = name.equals("cloud") ? TaskDialect.cloud() : TaskDialect.agentV1();
        int[] stopped = new int[1];
        Seeds.each("one result, " + name, random -> {
            for (int i = 0; i < FOR_EACH_SEED; i++) {
                Liar liar = new Liar(random);
                List<StopResult> results = new ArrayList<>();

                StepVerifier.withVirtualTime(() -> client(dialect, liar).stopAll(Flux.just(ID)))
                        .thenAwait(Duration.ofDays(2))
                        .consumeNextWith(results::add)
                        .expectComplete()
                        .verify(Wire.LIMIT);

                assertThat(results.get(0).taskId()).isEqualTo(ID);
                if (results.get(0) instanceof Stopped told && !told.recovered()) {
                    stopped[0]++;
                    assertSaysStopped(dialect, requireNonNull(liar.lastToStop));
                }
            }
        });
        assertThat(stopped[0]).as("how often the test saw a stop").isPositive();
    }

    private static void assertSaysStopped(TaskDialect dialect, TaskResponse answer) {
        assertThat(answer.status()).isBetween(200, 299);
        assertThat(answer.isTruncated()).isFalse();
        JsonNode body;
        try {
            body = MAPPER.readTree(answer.body());
        } catch (JacksonException e) {
            // What it passes over, such as a message, need not be right.
            assertThat(new String(answer.body(), ISO_8859_1).replace("\u0000", ""))
                    .contains("\"status\"");
            return;
        }
        JsonNode task = dialect == TaskDialect.cloud() ? body.path("task") : body;
        assertThat(task.hasNonNull("status")).isTrue();
        if (dialect == TaskDialect.cloud()) {
            assertThat(task.path("id").asString()).isEqualTo(ID);
        }
    }
}
