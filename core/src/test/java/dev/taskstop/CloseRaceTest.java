package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.Disposable;
import reactor.core.publisher.ConnectableFlux;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.util.RaceTestUtils;

/** A client that is closed just as something begins, goes on or is given up. */
class CloseRaceTest {

    private static final int ROUNDS = 4_000;
    private static final int IDS = 60;

    @RegisterExtension
    final NothingDropped nothingDropped = new NothingDropped();

    /** Knows whether it was asked for anything after it had been closed. */
    private static final class Closable implements TaskTransport {

        private final Random random;
        private final AtomicInteger late = new AtomicInteger();
        private final AtomicInteger inFlight = new AtomicInteger();
        private final AtomicBoolean closedInFlight = new AtomicBoolean();
        private volatile boolean closed;

        Closable(Random random) {
            this.random = random;
        }

        @Override
        public Mono<TaskResponse> exchange(TaskRequest request) {
            return Mono.defer(() -> {
                if (closed) {
                    late.incrementAndGet();
                }
                inFlight.incrementAndGet();
                String id = Wire.taskId(request.uri().getPath());
                return answer(request, id).doOnTerminate(inFlight::decrementAndGet);
            });
        }

        private Mono<TaskResponse> answer(TaskRequest request, String id) {
            int luck = random.nextInt(10);
            StubTransport.Reply reply = request.method().equals("GET")
                    ? StubTransport.status("processing")
                    : switch (luck) {
                        case 0 -> StubTransport.lost();
                        case 1 -> StubTransport.answer(500);
                        case 2 -> StubTransport.notSent();
                        default -> StubTransport.stopped();
                    };
            return (luck % 2 == 0 ? reply : reply.after(Duration.ofMillis(luck / 4))).to(request, id);
        }

        @Override
        public Mono<Void> closeAsync() {
            return Mono.fromRunnable(() -> {
                closedInFlight.set(inFlight.get() != 0);
                closed = true;
            });
        }
    }

    private static TaskClient client(TaskTransport transport) {
        return TaskClient.builder()
                .apiKey(Wire.KEY)
                .transport(transport)
                .concurrency(8)
                .retry(Wire.QUICK)
                .build();
    }

    /** Some time, too short to be slept. */
    private static void spin(int turns) {
        for (int i = 0; i < turns; i++) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_stop_that_begins_just_then_is_waited_for_or_turned_away() {
        for (int round = 0; round < ROUNDS; round++) {
            Closable transport = new Closable(new Random(round));
            TaskClient client = client(transport);
            AtomicInteger ended = new AtomicInteger();
            Runnable stop = () -> client.stop(ID).materialize().subscribe(signal -> ended.incrementAndGet());
            Mono<Void> close = client.closeAsync().cache();

            RaceTestUtils.race(stop, stop, close::subscribe);

            StepVerifier.create(close).expectComplete().verify(Wire.LIMIT);
            assertThat(transport.late)
                    .as("sent after the close, round %d", round)
                    .hasValue(0);
            assertThat(transport.closedInFlight)
                    .as("closed in flight, round %d", round)
                    .isFalse();
        }
    }

    @Test
    void every_id_of_a_bulk_stop_gets_exactly_one_result() {
        int[] kinds = new int[2];
        Seeds.each("close under a bulk stop", random -> {
            Closable transport = new Closable(random);
            TaskClient client = client(transport);
            int turns = random.nextInt(20_000);
            ConnectableFlux<StopResult> results = client.stopAll(
                            Flux.fromIterable(Wire.ids(IDS)),
                            StopAllOptions.defaults().withConcurrency(1 + random.nextInt(2 * IDS)))
                    .replay();
            Mono<Void> close = client.closeAsync().cache();

            RaceTestUtils.race(results::connect, () -> {
                spin(turns);
                close.subscribe();
            });

            List<StopResult> ended = Wire.values(results);
            StepVerifier.create(close).expectComplete().verify(Wire.LIMIT);
            assertThat(ended).extracting(StopResult::taskId).containsExactlyInAnyOrderElementsOf(Wire.ids(IDS));
            assertThat(ended).allMatch(result -> result instanceof Stopped || result instanceof Failed);
            assertThat(transport.closedInFlight).isFalse();
            ended.forEach(result -> kinds[result instanceof Stopped ? 0 : 1]++);
            assertIdle(client, transport);
        });
        System.out.printf("%,d stopped, %,d failed%n", kinds[0], kinds[1]);
        assertThat(kinds[0]).isPositive();
        assertThat(kinds[1]).isPositive();
    }

    @Test
    void a_bulk_stop_that_is_cancelled_just_then_does_not_hold_the_close() {
        Seeds.each("close under a cancel", random -> {
            Closable transport = new Closable(random);
            TaskClient client = client(transport);
            int turns = random.nextInt(20_000);
            Disposable running =
                    client.stopAll(Flux.fromIterable(Wire.ids(IDS))).subscribe();
            Mono<Void> close = client.closeAsync().cache();

            RaceTestUtils.race(
                    () -> {
                        spin(turns);
                        running.dispose();
                    },
                    close::subscribe);

            StepVerifier.create(close).expectComplete().verify(Wire.LIMIT);
            assertIdle(client, transport);
        });
    }

    /** A thread that was interrupted between two lines may hold its place for a moment longer. */
    private static void assertIdle(TaskClient client, Closable transport) {
        StepVerifier.create(Flux.interval(Duration.ofMillis(1))
                        .onBackpressureDrop()
                        .map(tick -> client.gateState())
                        .filter(state -> state.inFlight() == 0 && state.waiting() == 0)
                        .next())
                .expectNextCount(1)
                .expectComplete()
                .verify(Wire.LIMIT);
        assertThat(transport.late).hasValue(0);
    }
}
