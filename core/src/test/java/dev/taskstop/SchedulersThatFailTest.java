package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Whatever becomes of what waits are timed on, the library's own or the application's, whatever waits has its turn. */
class SchedulersThatFailTest {

    private static final int IDS = 20;

    private final StubTransport server =
            new StubTransport().onStop(lost(), answer(429, "", "Retry-After", "0.01"), stopped());

    @AfterEach
    void anew() {
        Schedulers.shutdownNow();
    }

    private static Scheduler throwing(Throwable failure) {
        return new Scheduler() {
            @Override
            public Disposable schedule(Runnable task) {
                return UserCodeTest.sneak(failure);
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                return UserCodeTest.sneak(failure);
            }

            @Override
            public Worker createWorker() {
                return UserCodeTest.sneak(failure);
            }
        };
    }

    private void assertGoesOn(UnaryOperator<TaskClientBuilder> settings, Runnable beforeUse) {
        server.onStatus(status("processing"), status("stopped"));
        TaskClient client = settings.apply(server.client())
                .concurrency(2)
                .requestsPerMinute(600_000)
                .retry(Wire.QUICK)
                .pollInterval(Duration.ofMillis(5))
                .build();
        beforeUse.run();
        StopAllOptions defaults = StopAllOptions.defaults().withConcurrency(5);
        for (StopAllOptions options : List.of(
                defaults,
                defaults.withOrdered(true),
                defaults.withConfirm(true),
                defaults.withDryRun(true),
                defaults.withConfirm(Duration.ofMillis(20)),
                defaults.withDeadline(Duration.ofMinutes(1)))) {
            StepVerifier.create(client.stopAll(Flux.range(0, IDS).map(i -> "t" + i), options))
                    .expectNextCount(IDS)
                    .expectComplete()
                    .verify(Wire.LIMIT);
        }
        client.activeTasks().register("t1");
        StepVerifier.create(client.activeTasks().shutdown(Duration.ofSeconds(5)))
                .expectNextCount(1)
                .expectComplete()
                .verify(Wire.LIMIT);
        StepVerifier.create(client.awaitOrStop("new", Duration.ofMillis(10)))
                .expectNextCount(1)
                .expectComplete()
                .verify(Wire.LIMIT);
        assertThat(client.gateState().inFlight()).isZero();
        assertThat(client.gateState().waiting()).isZero();
    }

    @Test
    void a_client_that_was_given_none_outlives_a_shutdown_of_all_of_reactors() {
        assertGoesOn(settings -> settings, Schedulers::shutdownNow);
    }

    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void one_that_throws_costs_no_result(Throwable failure) {
        assertGoesOn(settings -> settings.scheduler(throwing(failure)), () -> {});
    }

    static List<StopAllOptions> options() {
        StopAllOptions defaults = StopAllOptions.defaults().withConcurrency(5);
        return List.of(
                defaults,
                defaults.withOrdered(true),
                defaults.withConfirm(true),
                defaults.withConfirm(Duration.ofMinutes(1)),
                defaults.withDryRun(true));
    }

    /** As where the application has made all of Reactor's schedulers ones that take nothing. */
    private <T> void whereNothingTakesWork(Function<TaskClient, Flux<T>> call, int results) {
        Scheduler none = throwing(new RejectedExecutionException("no more work"));
        Schedulers.setFactory(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threads) {
                return none;
            }
        });
        try {
            for (int perMinute : new int[] {600_000, 6_000_000}) {
                TaskClient client = server.client()
                        .concurrency(2)
                        .requestsPerMinute(perMinute)
                        .scheduler(none)
                        .build();
                StepVerifier.create(call.apply(client))
                        .expectNextCount(results)
                        .expectComplete()
                        .verify(Wire.LIMIT);
                assertThat(client.gateState().inFlight()).isZero();
                assertThat(client.gateState().waiting()).isZero();
            }
        } finally {
            Schedulers.resetFactory();
        }
    }

    @ParameterizedTest
    @MethodSource("options")
    void where_nothing_takes_work_any_more_each_id_has_its_result(StopAllOptions options) {
        server.onStatus(lost(), status("processing"));

        whereNothingTakesWork(client -> client.stopAll(Flux.range(0, IDS).map(i -> "t" + i), options), IDS);
    }

    @Test
    void where_nothing_takes_work_any_more_each_id_that_is_waited_for_has_its_outcome() {
        server.onStatus(status("processing"));

        whereNothingTakesWork(
                client -> client.awaitOrStopAll(
                        Flux.range(0, IDS).map(i -> "t" + i), Duration.ofMinutes(1), AwaitOptions.defaults()),
                IDS);

        assertThat(server.stopRequests()).as("stopped before their time").isZero();
    }

    @Test
    void no_task_is_stopped_before_its_time_by_a_client_that_outlives_a_shutdown_of_all_of_reactors() {
        server.onStatus(status("processing"));
        TaskClient client = server.client().build();
        Schedulers.shutdownNow();

        Disposable waiting = client.awaitOrStop("t1", Duration.ofMinutes(1)).subscribe(outcome -> {}, failure -> {});

        assertThat(server.requests).containsExactly("GET t1");
        assertThat(waiting.isDisposed()).isFalse();
        waiting.dispose();
    }

    @Test
    void one_that_knows_no_delays_costs_no_result() {
        assertGoesOn(settings -> settings.scheduler(Schedulers.immediate()), () -> {});
    }
}
