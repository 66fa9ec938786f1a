package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** A subscriber that throws, at whatever signal, costs the client no permit, and others no signal. */
class SubscribersThatThrowTest {

    private enum Moment {
        SUBSCRIPTION,
        VALUE,
        ERROR,
        END
    }

    private final List<String> told = new ArrayList<>();

    static Stream<Arguments> moments() {
        return Stream.of(Moment.values())
                .flatMap(moment -> UserCodeTest.failures().map(failure -> Arguments.of(moment, failure)));
    }

    /** Subscribes as a subscriber that throws at one moment, to whoever signals. */
    private static <T> void subscribe(Publisher<T> publisher, Moment moment, Throwable failure) {
        ignoring(() -> publisher.subscribe(new CoreSubscriber<T>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                throwAt(Moment.SUBSCRIPTION);
                subscription.request(Long.MAX_VALUE);
            }

            @Override
            public void onNext(T value) {
                throwAt(Moment.VALUE);
            }

            @Override
            public void onError(Throwable error) {
                throwAt(Moment.ERROR);
            }

            @Override
            public void onComplete() {
                throwAt(Moment.END);
            }

            private void throwAt(Moment now) {
                if (now == moment) {
                    UserCodeTest.sneak(failure);
                }
            }
        }));
    }

    @SuppressWarnings("CatchingUnchecked") // it is the subscriber's, and nothing to do with the client
    private static void ignoring(Runnable code) {
        try {
            code.run();
        } catch (Throwable thrown) {
            Guard.throwIfVirtualMachineIsBroken(thrown);
        }
    }

    private void listen(String name, Publisher<?> publisher) {
        Flux.from(publisher)
                .subscribe(value -> told.add(name), error -> told.add(name), () -> told.add(name + " ended"));
    }

    static Stream<Function<TaskClient, Publisher<?>>> calls() {
        return Stream.of(
                client -> client.stop("t1"),
                client -> client.stopAll(Flux.just("t1")),
                client -> client.status("t1"),
                client -> client.details("t1"),
                client -> client.awaitDone("t1"),
                client -> client.list(TaskQuery.all()),
                client -> client.stopActive(TaskQuery.active(), StopAllOptions.defaults()));
    }

    @ParameterizedTest
    @MethodSource("moments")
    void it_keeps_no_permit(Moment moment, Throwable failure) {
        for (int status : new int[] {200, 400, 401, 402, 403, 404, 409, 500}) {
            TaskTransport server =
                    request -> Mono.just(StubTransport.response(status, "{\"taskId\":\"t1\",\"status\":\"stopped\"}"));
            TaskClient client = TaskClient.builder()
                    .apiKey("bb_test")
                    .transport(server)
                    .concurrency(1)
                    .retry(Wire.ONCE)
                    .build();
            calls().forEach(call -> {
                subscribe(call.apply(client), moment, failure);
                assertThat(client.gateState().inFlight())
                        .as("in flight after a %d", status)
                        .isZero();
            });
        }
    }

    @ParameterizedTest
    @MethodSource("moments")
    void others_get_the_key_that_it_waited_for(Moment moment, Throwable failure) {
        Sinks.One<String> good = Sinks.one();
        whereTwoWaitForTheKey(good, () -> good.tryEmitValue("bb_test"), moment, failure);
        Sinks.One<String> none = Sinks.one();
        whereTwoWaitForTheKey(none, () -> none.tryEmitError(new IllegalStateException("no key")), moment, failure);
        Sinks.One<String> empty = Sinks.one();
        whereTwoWaitForTheKey(empty, empty::tryEmitEmpty, moment, failure);
    }

    private void whereTwoWaitForTheKey(Sinks.One<String> key, Runnable come, Moment moment, Throwable failure) {
        told.clear();
        TaskClient client = new StubTransport()
                .onStatus(status("completed"))
                .client()
                .apiKey(key::asMono)
                .retry(Wire.ONCE)
                .build();
        subscribe(client.status("t1"), moment, failure);
        subscribe(client.stop("t2"), moment, failure);
        listen("next", client.status("t3"));

        ignoring(come);

        assertThat(told).startsWith("next");
        assertThat(client.gateState().inFlight()).isZero();
    }

    @ParameterizedTest
    @MethodSource("moments")
    void others_get_the_key_that_comes_in_place_of_a_refused_one(Moment moment, Throwable failure) {
        Sinks.One<String> other = Sinks.one();
        List<Mono<String>> keys = new ArrayList<>(List.of(Mono.just("bb_old"), other.asMono()));
        TaskTransport server = request -> Mono.just(
                request.authorization().endsWith("bb_old")
                        ? StubTransport.response(401, "{}")
                        : StubTransport.response(200, Wire.status("t1", "completed")));
        TaskClient client = TaskClient.builder()
                .apiKey(() -> keys.remove(0))
                .transport(server)
                .retry(Wire.ONCE)
                .build();
        subscribe(client.status("t1"), moment, failure);
        listen("next", client.status("t1"));

        ignoring(() -> other.tryEmitValue("bb_new"));

        assertThat(told).startsWith("next");
        assertThat(client.gateState().inFlight()).isZero();
    }

    @ParameterizedTest
    @MethodSource("moments")
    void others_get_the_answer_to_the_question_what_a_403_is_about(Moment moment, Throwable failure) {
        Sinks.One<TaskResponse> list = Sinks.one();
        TaskTransport server = request -> request.uri().getPath().contains("t1")
                        || request.uri().getPath().contains("t2")
                ? Mono.just(StubTransport.response(403, "{}"))
                : list.asMono();
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .dialect(TaskDialect.agentV1())
                .transport(server)
                .retry(Wire.ONCE)
                .build();
        subscribe(client.status("t1"), moment, failure);
        listen("next", client.status("t2"));

        ignoring(() -> list.tryEmitValue(StubTransport.response(403, "{}")));

        assertThat(told).containsExactly("next");
        assertThat(client.gateState().inFlight()).isZero();
    }

    @ParameterizedTest
    @MethodSource("moments")
    void others_hear_of_the_closing(Moment moment, Throwable failure) {
        TaskClient client =
                new StubLogs(StubLogs.open(StubLogs.connected())).client().build();
        TaskClient lister = new StubTasks().client().build();
        subscribe(client.logs("t1"), moment, failure);
        listen("log", client.logs("t2"));
        subscribe(lister.sweep(TaskQuery.active(), Duration.ofHours(1), StopAllOptions.defaults()), moment, failure);
        listen("sweep", lister.sweep(TaskQuery.active(), Duration.ofHours(1), StopAllOptions.defaults()));
        told.clear();

        for (TaskClient closed : List.of(client, lister)) {
            subscribe(closed.closeAsync(), moment, failure);
            listen("close", closed.closeAsync());
        }

        assertThat(told).containsExactlyInAnyOrder("log", "close ended", "sweep", "close ended");
    }

    @ParameterizedTest
    @MethodSource("moments")
    void others_hear_that_the_last_call_has_ended(Moment moment, Throwable failure) {
        Sinks.One<TaskResponse> answer = Sinks.one();
        TaskClient client = TaskClient.builder()
                .apiKey("bb_test")
                .transport(request -> answer.asMono())
                .retry(Wire.ONCE)
                .build();
        client.status("t1").subscribe(status -> {}, unreadable -> {});
        subscribe(client.closeAsync(), moment, failure);
        listen("close", client.closeAsync());

        ignoring(() -> answer.tryEmitValue(StubTransport.response(404, "{}")));

        assertThat(told).containsExactly("close ended");
    }

    /** As tests like to have it, so that no error goes unnoticed. */
    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void others_have_their_turn_where_errors_that_are_dropped_are_thrown(Throwable failure) {
        Hooks.onErrorDropped(UserCodeTest::sneak);
        try {
            Sinks.One<TaskResponse> answer = Sinks.one();
            TaskClient client = TaskClient.builder()
                    .apiKey("bb_test")
                    .transport(request -> answer.asMono())
                    .concurrency(1)
                    .retry(Wire.ONCE)
                    .build();
            listen("first", client.status("t1"));
            subscribe(client.status("t2"), Moment.ERROR, failure);
            listen("next", client.status("t3"));

            ignoring(() -> answer.tryEmitValue(StubTransport.response(404, "{}")));
            listen("last", client.status("t4"));

            assertThat(told).containsExactlyInAnyOrder("first", "next", "last");
            assertThat(client.gateState().inFlight()).isZero();
        } finally {
            Hooks.resetOnErrorDropped();
        }
    }

    @ParameterizedTest
    @MethodSource("moments")
    void others_hear_what_a_shutdown_found_out(Moment moment, Throwable failure) {
        for (StubTransport.Reply reply : List.of(stopped(), answer(404))) {
            told.clear();
            TaskClient client = new StubTransport().onStop(reply).client().build();
            subscribe(client.awaitDone("t1"), moment, failure);
            listen("next", client.awaitDone("t1"));
            client.activeTasks().register("t1");

            List<StopResult> results = new ArrayList<>();
            client.activeTasks().shutdown(Duration.ofSeconds(5)).subscribe(results::add);

            assertThat(results).hasSize(1);
            assertThat(told).startsWith("next");
            assertThat(client.gateState().inFlight()).isZero();
        }
    }
}
