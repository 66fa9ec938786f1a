package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StubTransport.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** A server that fails half of the time is asked little more than once for each task; in virtual time. */
class StampedeTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int IDS = 4_000;
    private static final int WARM_UP = 1_000;

    private final StubTransport server = new StubTransport();
    private final Set<String> effects = ConcurrentHashMap.newKeySet();

    private static Reply late(Reply reply) {
        return reply.after(Duration.ofMillis(10));
    }

    private List<StopResult> stopAll(StopRetry retry) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> server.client()
                        .retry(retry)
                        .build()
                        .stopAll(Flux.range(0, IDS).map(i -> "t" + i))
                        .doOnNext(results::add))
                .thenAwait(Duration.ofHours(1))
                .expectNextCount(IDS)
                .expectComplete()
                .verify(LIMIT);
        return results;
    }

    /** The first ids spend the budget; what counts is what comes after them. */
    private double requestsForEachLaterId() {
        long later = server.requests.stream()
                .filter(request -> Integer.parseInt(request.replaceAll("\\D", "")) >= WARM_UP)
                .count();
        double each = (double) later / (IDS - WARM_UP);
        System.out.printf("%,d requests for %,d ids, %.3f for each later one%n", server.requests.size(), IDS, each);
        return each;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void half_errors_before_the_effect_cost_at_most_a_fifth_more_requests(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        server.onStop(late((request, id) -> (random.nextBoolean() ? answer(500) : stopped()).to(request, id)));

        List<StopResult> results = stopAll(StopRetry.defaults().withJitter(0));

        assertThat(requestsForEachLaterId()).isLessThanOrEqualTo(1.2);
        assertThat(results)
                .filteredOn(Failed.class::isInstance)
                .isNotEmpty()
                .allMatch(failed -> ((Failed) failed).error().isOutcomeUnknown());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void half_lost_answers_after_the_effect_cost_at_most_a_fifth_more_and_no_failure_is_a_lie(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        server.onStop(late((request, id) -> {
                    boolean first = effects.add(id);
                    return (random.nextBoolean() ? lost() : first ? stopped() : answer(400)).to(request, id);
                }))
                .onStatus(late(status("stopped")));

        List<StopResult> results = stopAll(StopRetry.defaults().withJitter(0));

        assertThat(requestsForEachLaterId()).isLessThanOrEqualTo(1.2);
        assertThat(results)
                .allMatch(result -> result instanceof Stopped
                        || (result instanceof Failed failed && failed.error().isOutcomeUnknown()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void a_server_that_fails_now_and_then_is_asked_until_every_outcome_is_known(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        server.onStop(late((request, id) -> (random.nextInt(10) < 2 ? lost() : stopped()).to(request, id)));

        assertThat(stopAll(StopRetry.defaults().withJitter(0).withMaxAttempts(20)))
                .allMatch(Stopped.class::isInstance);
    }

    @Test
    void without_a_budget_an_outcome_that_is_unknown_is_left_so_and_said_to_be() {
        server.onStop(late(lost())).onStatus(late(status("stopped")));

        assertThat(stopAll(StopRetry.defaults().withBudget(0)))
                .allMatch(result ->
                        result instanceof Failed failed && failed.error().isOutcomeUnknown());
        assertThat(server.statusRequests()).isZero();
    }
}
