package dev.taskstop;

import static dev.taskstop.StubTransport.response;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Keys from a source that changes them. */
class KeyRotationTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<String> keysSeen = new CopyOnWriteArrayList<>();
    private volatile String goodKey = "bb_1";

    private final TaskTransport server = request -> Mono.fromSupplier(() -> {
                keysSeen.add(request.authorization().substring("Bearer ".length()));
                String id = request.uri().getPath().replaceFirst(".*/", "");
                return request.authorization().equals("Bearer " + goodKey)
                        ? response(200, "{\"task\":{\"id\":\"%s\",\"status\":\"stopped\"}}".formatted(id))
                        : response(401, "{\"error\":\"Unauthorized\"}");
            })
            .subscribeOn(Schedulers.parallel());

    private TaskClient client(Supplier<Mono<String>> source) {
        return TaskClient.builder()
                .apiKey(source)
                .transport(server)
                .retry(StopRetry.defaults().withMaxAttempts(2).withBackoff(Duration.ofMillis(1), Duration.ofMillis(2)))
                .build();
    }

    private static Flux<String> ids(int count) {
        return Flux.range(0, count).map(i -> "t" + i);
    }

    @Test
    void the_source_is_asked_once_while_its_key_is_good() {
        AtomicInteger asked = new AtomicInteger();
        TaskClient client = client(() -> Mono.fromSupplier(() -> "bb_" + asked.incrementAndGet()));
        assertThat(asked).hasValue(0);

        StepVerifier.create(client.stopAll(ids(200)))
                .thenConsumeWhile(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(asked).hasValue(1);
    }

    @Test
    void a_refused_key_is_replaced_once_for_all_and_no_stop_fails() {
        AtomicInteger asked = new AtomicInteger();
        goodKey = "bb_2";

        StepVerifier.create(client(() -> Mono.fromSupplier(() -> "bb_" + asked.incrementAndGet())
                                .delayElement(Duration.ofMillis(20)))
                        .stopAll(ids(500)))
                .thenConsumeWhile(Stopped.class::isInstance)
                .expectComplete()
                .verify(LIMIT);

        assertThat(asked).hasValue(2);
        assertThat(keysSeen).filteredOn("bb_1"::equals).hasSizeLessThanOrEqualTo(64);
    }

    @Test
    void a_source_without_another_key_leaves_the_refusal_which_ends_the_batch() {
        goodKey = "bb_9";

        StepVerifier.create(client(() -> Mono.just("bb_1")).stopAll(ids(500)).collectList())
                .assertNext(results -> {
                    assertThat(results).hasSize(500);
                    assertThat(results).filteredOn(Failed.class::isInstance).hasSizeLessThanOrEqualTo(64);
                    assertThat(results).filteredOn(Skipped.class::isInstance).hasSizeGreaterThanOrEqualTo(436);
                })
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_second_key_that_is_refused_too_is_asked_for_no_third() {
        AtomicInteger asked = new AtomicInteger();
        goodKey = "bb_9";

        StepVerifier.create(client(() -> Mono.fromSupplier(() -> "bb_" + asked.incrementAndGet()))
                        .stop("t1"))
                .expectErrorSatisfies(error ->
                        assertThat(((TaskResponseException) error).status()).isEqualTo(401))
                .verify(LIMIT);

        assertThat(keysSeen).containsExactly("bb_1", "bb_2");
    }

    @Test
    void a_source_that_fails_is_asked_again_by_the_next_attempt() {
        Queue<Mono<String>> answers =
                new ArrayDeque<>(List.of(Mono.error(new IOException("vault")), Mono.just("bb_1")));

        StepVerifier.create(client(answers::remove).stop("t1"))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void without_a_key_nothing_is_sent() {
        List<Mono<String>> nothings =
                List.of(Mono.empty(), Mono.error(new IOException("vault")), Mono.just("bb_secret\n"));
        for (Mono<String> nothing : nothings) {
            StepVerifier.create(client(() -> nothing).stop("t1"))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(TaskRequestException.class)
                            .hasMessageContaining("no API key")
                            .hasMessageNotContaining("secret"))
                    .verify(LIMIT);
        }
        assertThat(keysSeen).isEmpty();
    }
}
