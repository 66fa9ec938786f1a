package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Comparator;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;
import org.testng.SkipException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * Whatever the client returns keeps the rules of Reactive Streams, as the tests of their authors have them. These are
 * for TestNG; here JUnit runs them, and counts those that do not skip themselves.
 */
class PublisherRulesTest {

    private static final long SIGNAL_MILLIS = 500;
    private static final long NO_SIGNAL_MILLIS = 20;
    private static final long MANY = 1_000;
    private static final Duration AT_ONCE = Duration.ofNanos(1);

    /** Of the 38 rules the authors have no test for seven, and one for endless publishers only. */
    private static final int RULES_FOR_MANY = 30;

    private static final int RULES_FOR_ONE = 12;
    private static final int RULES_FOR_FAILURES = 2;

    private final TaskClient client = serving(0);
    private final TaskClient refused = client(request -> StubTransport.response(401, "{}"));

    private static TaskClient client(Function<TaskRequest, TaskResponse> server) {
        return TaskClient.builder()
                .apiKey(Wire.KEY)
                .transport(request -> Mono.fromSupplier(() -> server.apply(request)))
                .build();
    }

    /** A client of a server that lists so many tasks and lets each be stopped. */
    private static TaskClient serving(long tasks) {
        return client(request -> {
            if (request.pathTemplate().equals("/api/tasks")) {
                return StubTransport.response(200, page(request.uri().getQuery(), tasks));
            }
            String id = Wire.taskId(request.uri().getPath());
            return StubTransport.response(
                    200, request.method().equals("PATCH") ? Wire.stopped(id) : Wire.status(id, "completed"));
        });
    }

    private static String page(String query, long tasks) {
        long from = Long.parseLong(query.replaceAll(".*offset=(\\d+).*", "$1"));
        long to = Math.min(tasks, from + Integer.parseInt(query.replaceAll(".*limit=(\\d+).*", "$1")));
        String items = LongStream.range(from, to)
                .mapToObj(i -> "{\"id\":\"t%d\",\"status\":\"processing\"}".formatted(i))
                .collect(joining(","));
        return "{\"tasks\":[" + items + "],\"hasMore\":" + (to < tasks) + "}";
    }

    private static Flux<String> ids(long count) {
        return Flux.range(0, Math.toIntExact(count)).map(i -> "t" + i);
    }

    /** A client whose only log has so many events. */
    private static Publisher<TaskLogEvent> log(long events) {
        Flux<String> stream = Flux.range(0, Math.toIntExact(Math.max(0, events - 1)))
                .map(StubLogs::log)
                .concatWithValues(StubLogs.complete("completed"));
        Flux<TaskLogEvent> log =
                new StubLogs(StubLogs.stream(stream)).client().build().logs(ID);
        return events == 0 ? log.take(0) : log;
    }

    @TestFactory
    Stream<DynamicNode> every_publisher_keeps_the_rules() {
        Flux<String> broken = Flux.error(new IllegalStateException("no ids"));
        StopAllOptions ordered = StopAllOptions.defaults().withOrdered(true);
        return Stream.of(
                rules("stop", 1, n -> client.stop(ID).filter(task -> n > 0), client.stop("not/an/id")),
                rules("stopAll", MANY, n -> client.stopAll(ids(n)), client.stopAll(broken)),
                rules("stopAll in order", MANY, n -> client.stopAll(ids(n), ordered), client.stopAll(broken, ordered)),
                rules(
                        "stopActive",
                        MANY,
                        n -> serving(n).stopActive(TaskQuery.active(), StopAllOptions.defaults()),
                        refused.stopActive(TaskQuery.active(), StopAllOptions.defaults())),
                rules(
                        "sweep",
                        MANY,
                        n -> serving(0)
                                .sweep(TaskQuery.active(), AT_ONCE, StopAllOptions.defaults())
                                .map(Sweep::number) // the times of two subscriptions differ
                                .take(n),
                        client.sweep(TaskQuery.active().withChatId("c"), AT_ONCE, StopAllOptions.defaults())
                                .map(Sweep::number)),
                rules("status", 1, n -> client.status(ID).filter(status -> n > 0), client.status("not/an/id")),
                rules("list", MANY, n -> serving(n).list(TaskQuery.all()), null),
                rules(
                        "awaitOrStopAll",
                        MANY,
                        n -> client.awaitOrStopAll(ids(n), Duration.ofMinutes(1), AwaitOptions.defaults()),
                        client.awaitOrStopAll(broken, Duration.ofMinutes(1), AwaitOptions.defaults())),
                rules("logs", MANY, PublisherRulesTest::log, client.logs("not/an/id")),
                rules("shutdown", MANY, PublisherRulesTest::shutdown, null));
    }

    private static Publisher<StopResult> shutdown(long count) {
        ActiveTasks tasks = serving(0).activeTasks();
        for (long i = 0; i < count; i++) {
            tasks.register("t" + i);
        }
        return tasks.shutdown(Duration.ofSeconds(5));
    }

    private static <T> DynamicNode rules(
            String name, long most, LongFunction<Publisher<T>> publisher, @Nullable Publisher<T> failing) {
        Verification<T> verification = new Verification<>(most, publisher, failing);
        int toTest = (most == 1 ? RULES_FOR_ONE : RULES_FOR_MANY) - (failing == null ? RULES_FOR_FAILURES : 0);
        Stream<DynamicNode> rules = Stream.of(PublisherVerification.class.getMethods())
                .filter(method -> method.isAnnotationPresent(org.testng.annotations.Test.class))
                .sorted(Comparator.comparing(Method::getName))
                .map(method -> dynamicTest(method.getName(), () -> verification.run(method)));
        DynamicNode count = dynamicTest(
                "so many rules were tested",
                () -> assertThat(verification.tested).isEqualTo(toTest));
        return dynamicContainer(name, Stream.concat(rules, Stream.of(count)));
    }

    @Test
    void a_publisher_that_disregards_the_demand_would_be_found() throws NoSuchMethodException {
        Verification<Integer> verification = new Verification<>(
                MANY,
                n -> subscriber -> {
                    subscriber.onSubscribe(Operators.emptySubscription());
                    for (int i = 0; i < n; i++) {
                        subscriber.onNext(i);
                    }
                    subscriber.onComplete();
                },
                Mono.error(new IllegalStateException()));
        Method rule = PublisherVerification.class.getMethod(
                "required_spec101_subscriptionRequestMustResultInTheCorrectNumberOfProducedElements");

        assertThatThrownBy(() -> verification.run(rule)).isInstanceOf(AssertionError.class);
    }

    private static final class Verification<T> extends PublisherVerification<T> {

        private final long most;
        private final LongFunction<Publisher<T>> publisher;
        private final @Nullable Publisher<T> failing;
        private int tested;

        Verification(long most, LongFunction<Publisher<T>> publisher, @Nullable Publisher<T> failing) {
            super(new TestEnvironment(SIGNAL_MILLIS, NO_SIGNAL_MILLIS));
            this.most = most;
            this.publisher = publisher;
            this.failing = failing;
        }

        @Override
        public Publisher<T> createPublisher(long elements) {
            return publisher.apply(elements);
        }

        @Override
        public @Nullable Publisher<T> createFailedPublisher() {
            return failing;
        }

        @Override
        public long maxElementsFromPublisher() {
            return most;
        }

        void run(Method rule) throws Throwable {
            setUp();
            try {
                rule.invoke(this);
                tested++;
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof SkipException)) {
                    throw e.getCause();
                }
            }
        }
    }
}
