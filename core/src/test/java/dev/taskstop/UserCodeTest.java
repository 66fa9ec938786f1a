package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.notSent;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.stopped;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Stopped;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Whatever code of the application's does, each id has its result, and the log has it once. */
class UserCodeTest {

    private static final int IDS = 20;
    private static final Logger LIBRARY = (Logger) LoggerFactory.getLogger("dev.taskstop");

    private final StubTransport server = new StubTransport();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        LIBRARY.addAppender(log);
        LIBRARY.setLevel(Level.WARN);
    }

    @AfterEach
    void listenNoMore() {
        LIBRARY.detachAppender(log);
        LIBRARY.setLevel(null);
    }

    /** What code can throw, whether it says so or not. */
    static Stream<Throwable> failures() {
        return Stream.of(
                new IllegalStateException("user"),
                new java.io.IOException("checked"),
                new InterruptedException("checked"),
                new AssertionError("user"),
                new NoClassDefFoundError("user"),
                new ExceptionInInitializerError("user"),
                new StackOverflowError("user"));
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "DoNotCallSuggester"})
    static <T, E extends Throwable> T sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    private List<StopResult> stopAll(UnaryOperator<TaskClientBuilder> settings, StopAllOptions options) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(() -> {
                    StopRetry twice = StopRetry.defaults().withMaxAttempts(2).withJitter(0);
                    TaskClient client =
                            settings.apply(server.client().retry(twice)).build();
                    return client.stopAll(Flux.range(0, IDS).map(i -> "t" + i), options);
                })
                .thenAwait(Duration.ofMinutes(10))
                .recordWith(() -> results)
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(results.stream().map(StopResult::taskId).distinct()).hasSize(IDS);
        assertThat(results).hasSize(IDS);
        return results;
    }

    private void assertSaidOnce() {
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .filteredOn(line -> line.contains("this is said once"))
                .hasSize(1);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_listener_that_throws_costs_no_result(Throwable failure) {
        AtomicInteger heard = new AtomicInteger();
        StopListener broken = new StopListener() {
            @Override
            public void onResult(StopResult result) {
                sneak(failure);
            }

            @Override
            public void onBulkStopEnd(StopSummary summary) {
                sneak(failure);
            }
        };
        StopListener sound = new StopListener() {
            @Override
            public void onResult(StopResult result) {
                heard.incrementAndGet();
            }
        };

        List<StopResult> results =
                stopAll(settings -> settings.stopListener(broken).stopListener(sound), StopAllOptions.defaults());

        assertThat(results).hasOnlyElementsOfType(Stopped.class);
        assertThat(heard).hasValue(IDS);
        assertSaidOnce();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_handler_of_observations_that_throws_costs_no_result(Throwable failure) {
        for (String when : List.of("start", "stop")) {
            ObservationRegistry registry = ObservationRegistry.create();
            registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {
                @Override
                public void onStart(Observation.Context context) {
                    throwAt("start");
                }

                @Override
                public void onStop(Observation.Context context) {
                    throwAt("stop");
                }

                private void throwAt(String moment) {
                    if (moment.equals(when)) {
                        sneak(failure);
                    }
                }

                @Override
                public boolean supportsContext(Observation.Context context) {
                    return true;
                }
            });

            assertThat(stopAll(settings -> settings.observationRegistry(registry), StopAllOptions.defaults()))
                    .hasOnlyElementsOfType(Stopped.class);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_condition_to_abort_that_throws_aborts_nothing(Throwable failure) {
        server.onStop(answer(405));

        List<StopResult> results =
                stopAll(settings -> settings, StopAllOptions.defaults().withAbortWhen(error -> sneak(failure)));

        assertThat(results).hasOnlyElementsOfType(Failed.class);
        assertSaidOnce();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_condition_of_a_query_that_throws_picks_out_nothing(Throwable failure) {
        assertStopsNothing(TaskQuery.active().matching(task -> sneak(failure)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_group_that_cannot_be_told_supersedes_nothing(Throwable failure) {
        assertStopsNothing(TaskQuery.active().superseded(task -> sneak(failure)));
        log.list.clear();
        assertStopsNothing(TaskQuery.active().superseded(task -> new Object() {
            @Override
            public int hashCode() {
                return sneak(failure);
            }
        }));
    }

    private void assertStopsNothing(TaskQuery query) {
        StubTasks tasks = new StubTasks().addMany(IDS, "createdAt", "2026-03-04T09:00:00.000Z");

        assertThat(Wire.values(tasks.client().build().stopActive(query, StopAllOptions.defaults())))
                .isEmpty();
        assertThat(tasks.stops).isEmpty();
        assertSaidOnce();
    }

    private static Stream<TaskTransport> transports(Throwable failure) {
        return Stream.of(
                request -> sneak(failure),
                request -> Mono.error(failure),
                request -> Mono.fromCallable(() -> sneak(failure)),
                request -> Mono.just(1).map(one -> sneak(failure)),
                request -> Mono.just(new TaskResponse(200, name -> sneak(failure), new byte[0], false)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_transport_that_throws_leaves_an_unknown_outcome(Throwable failure) {
        transports(failure)
                .forEach(transport -> assertThat(
                                stopAll(settings -> settings.transport(transport), StopAllOptions.defaults()))
                        .allSatisfy(
                                result -> assertThat(((Failed) result).error().isOutcomeUnknown())
                                        .isTrue()));
    }

    /** Which headers of an answer are read depends on what it is. */
    @ParameterizedTest
    @MethodSource("failures")
    void a_look_up_of_headers_that_throws_costs_no_result(Throwable failure) {
        byte[] body = "{\"taskId\":\"t0\",\"status\":\"stopped\",\"tasks\":[]}".getBytes(UTF_8);
        for (int status : new int[] {200, 302, 400, 401, 403, 404, 408, 429, 503, 999}) {
            TaskTransport transport =
                    request -> Mono.just(new TaskResponse(status, name -> sneak(failure), body, false));

            stopAll(settings -> settings.transport(transport), StopAllOptions.defaults());
            stopAll(
                    settings -> settings.transport(transport),
                    StopAllOptions.defaults().withDryRun(true));
        }
    }

    private static Stream<Flux<String>> publishersOfIds(Throwable failure) {
        Iterable<String> iterable = () -> Stream.iterate(0, i -> i + 1)
                .map(i -> i < IDS ? "t" + i : UserCodeTest.<String, RuntimeException>sneak(failure))
                .iterator();
        return Stream.of(
                Flux.range(0, IDS + 1).map(i -> i < IDS ? "t" + i : sneak(failure)),
                Flux.fromIterable(iterable),
                Flux.range(0, IDS).map(i -> "t" + i).concatWith(Flux.error(failure)),
                Flux.range(0, IDS).map(i -> "t" + i).concatWith(Flux.defer(() -> sneak(failure))));
    }

    /** What is behind a place that comes free is asked for by the thread that freed it. */
    @ParameterizedTest
    @MethodSource("failures")
    void a_publisher_of_ids_that_throws_ends_the_batch_after_the_results_of_the_ids_before(Throwable failure) {
        publishersOfIds(failure).forEach(ids -> {
            TaskClient client = server.client().concurrency(2).build();

            StepVerifier.create(client.stopAll(ids))
                    .expectNextCount(IDS)
                    .expectErrorMatches(error -> error == failure || error.getCause() == failure)
                    .verify(Duration.ofSeconds(10));
            assertThat(client.gateState().inFlight()).isZero();
        });
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_stream_of_a_transport_that_throws_ends_the_log(Throwable failure) {
        TaskTransport transport = new TaskTransport() {
            @Override
            public Mono<TaskResponse> exchange(TaskRequest request) {
                return server.exchange(request);
            }

            @Override
            public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
                return Flux.defer(() -> sneak(failure));
            }
        };
        StopRetry once = StopRetry.defaults().withMaxAttempts(1);

        StepVerifier.create(
                        server.client().transport(transport).retry(once).build().logs("t1"))
                .expectErrorSatisfies(error -> assertThat(error).isInstanceOf(TaskRequestException.class))
                .verify(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void work_that_throws_is_registered_no_more(Throwable failure) {
        TaskClient client = server.client().build();
        Mono<String> one = client.activeTasks().track("t1", Mono.<String>defer(() -> sneak(failure)));
        Flux<String> many = client.activeTasks().track("t1", Flux.<String>defer(() -> sneak(failure)));

        for (Publisher<String> tracked : List.of(one, many)) {
            StepVerifier.create(tracked)
                    .expectErrorMatches(error -> error == failure || error.getCause() == failure)
                    .verify(Duration.ofSeconds(10));
        }

        assertThat(client.activeTasks().taskIds()).isEmpty();
    }

    /** As where the application disposes of it while it shuts down. */
    @Test
    void a_scheduler_that_takes_no_more_work_costs_no_result() {
        Scheduler disposed = Schedulers.newParallel("disposed");
        disposed.dispose();
        server.onStop(lost(), answer(429, "", "Retry-After", "0.01"), stopped().after(Duration.ofMillis(1)));
        TaskClient client = server.client()
                .scheduler(disposed)
                .concurrency(2)
                .requestsPerMinute(600_000)
                .apiKey(() -> Mono.just("bb_test"))
                .retry(Wire.QUICK)
                .build();
        StopAllOptions options = StopAllOptions.defaults()
                .withDeadline(Duration.ofMinutes(1))
                .withConcurrency(5)
                .withConfirm(true);
        server.onStatus(StubTransport.status("stopped"));

        StepVerifier.create(client.stopAll(Flux.range(0, IDS).map(i -> "t" + i), options))
                .thenConsumeWhile(Stopped.class::isInstance)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(client.gateState().waiting()).isZero();
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_subscriber_that_throws_costs_those_who_wait_behind_it_nothing(Throwable failure) {
        server.onStop(silence());
        TaskClient client = server.client().concurrency(1).build();
        List<String> told = new ArrayList<>();
        Disposable inFlight = client.stop("first").subscribe();
        client.stop("broken").subscribe(task -> {}, refused -> sneak(failure));
        client.stop("next").subscribe(task -> {}, refused -> told.add("next"));

        client.closeAsync().subscribe(unused -> {}, unexpected -> {}, () -> told.add("closed"));
        inFlight.dispose();

        assertThat(told).containsExactly("next", "closed");
    }

    @SuppressWarnings("NullAway")
    static Stream<TaskTransport> transportsThatGiveNothing() {
        return Stream.of(
                request -> null,
                request -> Mono.empty(),
                request -> Mono.fromSupplier(() -> null),
                request -> Mono.fromSupplier(() -> new TaskResponse(200, name -> null, null, false)),
                request -> Mono.fromSupplier(() -> new TaskResponse(200, null, new byte[0], false)),
                request -> Mono.just(new TaskResponse(-1, name -> null, new byte[0], false)),
                request -> Mono.just(new TaskResponse(Integer.MAX_VALUE, name -> null, new byte[0], false)));
    }

    @ParameterizedTest
    @MethodSource("transportsThatGiveNothing")
    void a_transport_that_gives_nothing_leaves_an_unknown_outcome(TaskTransport transport) {
        assertThat(stopAll(settings -> settings.transport(transport), StopAllOptions.defaults()))
                .allSatisfy(result ->
                        assertThat(((Failed) result).error().isOutcomeUnknown()).isTrue());
    }

    private static Stream<Supplier<Mono<String>>> keySources(Throwable failure) {
        return Stream.of(
                () -> sneak(failure), () -> Mono.error(failure), () -> Mono.fromCallable(() -> sneak(failure)));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void a_source_of_keys_that_throws_sends_nothing(Throwable failure) {
        keySources(failure)
                .forEach(source -> assertThat(stopAll(settings -> settings.apiKey(source), StopAllOptions.defaults()))
                        .allSatisfy(result -> assertThat(((Failed) result).error())
                                .isInstanceOfSatisfying(
                                        TaskRequestException.class,
                                        error -> assertThat(error.reason())
                                                .isEqualTo(TaskRequestException.Reason.NO_KEY))));
        assertThat(server.requests).isEmpty();
    }

    @SuppressWarnings("NullAway")
    static Stream<Supplier<Mono<String>>> sourcesThatGiveNothing() {
        return Stream.of(() -> null, Mono::empty, Mono::never, () -> Mono.just(""), () -> Mono.just("a\nb"));
    }

    @ParameterizedTest
    @MethodSource("sourcesThatGiveNothing")
    void a_source_that_gives_no_key_sends_nothing_and_holds_nothing(Supplier<Mono<String>> source) {
        assertThat(stopAll(settings -> settings.apiKey(source), StopAllOptions.defaults()))
                .allSatisfy(result -> {
                    TaskException error = ((Failed) result).error();
                    assertThat(error.isOutcomeUnknown()).isFalse();
                });
        assertThat(server.requests).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("sourcesThatGiveNothing")
    void a_client_whose_source_gives_no_key_can_be_closed(Supplier<Mono<String>> source) {
        StepVerifier.withVirtualTime(() -> {
                    TaskClient client = server.client().apiKey(source).build();
                    client.stop("t1").subscribe(task -> {}, failure -> {});
                    return client.closeAsync();
                })
                .thenAwait(Duration.ofMinutes(1))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void exceptions_of_the_same_source_are_not_shared(Throwable failure) {
        List<StopResult> results = stopAll(
                settings -> settings.apiKey(() ->
                        Mono.delay(Duration.ofMillis(10)).then(Mono.error(new IllegalStateException("user", failure)))),
                StopAllOptions.defaults());

        assertThat(results.stream()
                        .map(result -> System.identityHashCode(((Failed) result).error()))
                        .distinct())
                .hasSize(IDS);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void an_end_that_meets_a_cancel_is_heard_once(Throwable failure) {
        AtomicInteger ends = new AtomicInteger();
        StopListener listener = new StopListener() {
            @Override
            public void onBulkStopEnd(StopSummary summary) {
                ends.incrementAndGet();
            }
        };
        TaskClient client = server.client().stopListener(listener).build();

        StepVerifier.create(client.stopAll(Flux.just("t1")).take(1))
                .expectNextCount(1)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        Disposable cancelledAtItsEnd =
                client.stopAll(Flux.just("t1").doOnComplete(() -> {})).subscribe();
        cancelledAtItsEnd.dispose();

        assertThat(ends).hasValue(2);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void closing_is_not_prevented_by_a_transport_that_throws(Throwable failure) {
        TaskTransport transport = new TaskTransport() {
            @Override
            public Mono<TaskResponse> exchange(TaskRequest request) {
                return silence().to(request, "t1");
            }

            @Override
            public Mono<Void> closeAsync() {
                return sneak(failure);
            }
        };

        StepVerifier.create(server.client().transport(transport).build().closeAsync())
                .expectErrorMatches(error -> error == failure || error.getCause() == failure)
                .verify(Duration.ofSeconds(10));
    }

    /** As where the application has shut all of Reactor's schedulers down, too. */
    private Failed failedWithoutSchedulers(StubTransport.Reply... replies) {
        server.onStop(replies);
        Scheduler none = new Scheduler() {
            @Override
            public Disposable schedule(Runnable task) {
                throw new RejectedExecutionException("no more work");
            }

            @Override
            public Worker createWorker() {
                throw new RejectedExecutionException("no more work");
            }
        };
        Schedulers.setFactory(new Schedulers.Factory() {
            @Override
            public Scheduler newParallel(int parallelism, ThreadFactory threads) {
                return none;
            }
        });
        try {
            TaskClient client = server.client().scheduler(none).build();
            return (Failed) Wire.result(client, "t1");
        } finally {
            Schedulers.resetFactory();
        }
    }

    @Test
    void where_nothing_takes_work_any_more_a_stop_that_may_have_worked_breaks_off_as_unknown() {
        assertThat(failedWithoutSchedulers(lost()).error())
                .hasMessageStartingWith("The stop broke off")
                .matches(TaskException::isOutcomeUnknown);
    }

    @Test
    void where_nothing_takes_work_any_more_a_stop_that_never_left_breaks_off_as_known() {
        assertThat(failedWithoutSchedulers(notSent()).error())
                .hasMessageStartingWith("The stop broke off")
                .matches(error -> !error.isOutcomeUnknown());
    }
}
