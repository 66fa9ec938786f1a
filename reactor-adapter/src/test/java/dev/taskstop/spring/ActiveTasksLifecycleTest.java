package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

@ExtendWith(OutputCaptureExtension.class)
class ActiveTasksLifecycleTest {

    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration PHASE_TIMEOUT = Duration.ofSeconds(30);

    private final TaskServer server = TaskServer.start();
    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class))
            .withPropertyValues(
                    "taskstop.api-key=" + server.key(),
                    "taskstop.base-url=" + server.baseUrl(),
                    "taskstop.shutdown.grace=5s");

    @AfterEach
    void closeServer() {
        server.close();
    }

    private List<String> running(int count) {
        return server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING));
    }

    private long stopped(List<String> taskIds) {
        return taskIds.stream()
                .filter(id -> server.ledger().of(id).effectiveRequest() > 0)
                .count();
    }

    @Test
    void tracked_tasks_are_stopped_when_the_context_closes() {
        List<String> tracked = running(50);
        List<String> others = running(50);

        // The grace is for what hangs: here it ends with the last stop, on a busy machine, too.
        context.withPropertyValues("taskstop.shutdown.grace=25s")
                .run(started -> tracked.forEach(started.getBean(ActiveTasks.class)::register));

        assertThat(stopped(tracked)).isEqualTo(50);
        assertThat(stopped(others)).isZero();
    }

    @Test
    void it_comes_after_the_web_server_and_before_executors_and_event_loops() {
        assertThat(ActiveTasksLifecycle.PHASE)
                .isLessThan(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE)
                .isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE)
                .isGreaterThan(Integer.MAX_VALUE / 2)
                .isGreaterThan(TaskClientLifecycle.PHASE);
        assertThat(TaskClientLifecycle.PHASE).isGreaterThan(new ReactorResourceFactory().getPhase());
    }

    @Test
    void the_client_is_closed_before_the_event_loops_go_so_that_nothing_keeps_them_busy() {
        List<String> watched = running(1);
        AtomicReference<Throwable> end = new AtomicReference<>();

        context.withBean(ReactorResourceFactory.class, ReactorResourceFactory::new)
                .withPropertyValues("taskstop.poll-interval=10ms")
                .run(started -> {
                    TaskClient client = started.getBean(TaskClient.class);
                    client.awaitDone(watched.get(0)).subscribe(status -> {}, end::set);
                    Signals.value(client.status(watched.get(0)));
                });

        assertThat(end.get()).hasMessageContaining("The client is closed");
    }

    @Test
    void a_context_that_is_stopped_and_started_again_stops_what_is_tracked_then() {
        List<String> first = running(5);
        List<String> second = running(5);
        new ReactiveWebApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        TaskstopAutoConfiguration.class, NettyReactiveWebServerAutoConfiguration.class))
                .withPropertyValues("taskstop.api-key=" + server.key(), "taskstop.base-url=" + server.baseUrl())
                .run(started -> {
                    ActiveTasks tasks = started.getBean(ActiveTasks.class);
                    first.forEach(tasks::register);

                    started.getSourceApplicationContext().stop();
                    assertThat(stopped(first)).isEqualTo(5);
                    started.getSourceApplicationContext().start();

                    second.forEach(tasks::register);
                });

        assertThat(stopped(second)).isEqualTo(5);
    }

    @Test
    void survivors_are_named(CapturedOutput output) {
        List<String> tracked = running(2);
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class))
                .withPropertyValues("taskstop.api-key=refused", "taskstop.base-url=" + server.baseUrl())
                .run(started -> tracked.forEach(started.getBean(ActiveTasks.class)::register));

        assertThat(stopped(tracked)).isZero();
        assertThat(output).contains(tracked.get(0), tracked.get(1));
    }

    @Test
    void it_calls_back_at_once_when_nothing_is_tracked() throws InterruptedException {
        ActiveTasksLifecycle lifecycle = new ActiveTasksLifecycle(
                List.of(TaskClient.builder().apiKey("bb_test").build().activeTasks()),
                ShutdownGrace.within(GRACE, PHASE_TIMEOUT));
        lifecycle.start();
        AtomicInteger called = new AtomicInteger();

        lifecycle.stop(called::incrementAndGet);

        assertThat(called).hasValue(1);
        assertThat(lifecycle.isRunning()).isFalse();
    }

    @Test
    void it_calls_back_within_the_grace_when_the_server_is_silent() throws InterruptedException {
        try (TaskServer silent = TaskServer.start(TaskServerOptions.defaults().withLatency(Duration.ofMinutes(1)))) {
            TaskClient client = TaskClient.builder()
                    .apiKey(silent.key())
                    .baseUrl(silent.baseUrl())
                    .build();
            ActiveTasksLifecycle lifecycle = new ActiveTasksLifecycle(
                    List.of(client.activeTasks()), ShutdownGrace.within(Duration.ofSeconds(1), PHASE_TIMEOUT));
            lifecycle.start();
            client.activeTasks().register("9qQe2F8Z_nXx9-eJA0BD6");
            CountDownLatch called = new CountDownLatch(1);

            lifecycle.stop(called::countDown);

            assertThat(lifecycle.isRunning()).isTrue();
            assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(lifecycle.isRunning()).isFalse();
        }
    }

    @Test
    void it_calls_back_when_the_shutdown_fails() {
        ActiveTasksLifecycle lifecycle =
                new ActiveTasksLifecycle(List.of(new FailingTasks()), ShutdownGrace.within(GRACE, PHASE_TIMEOUT));
        lifecycle.start();
        AtomicInteger called = new AtomicInteger();

        lifecycle.stop(called::incrementAndGet);

        assertThat(called).hasValue(1);
        assertThat(lifecycle.isRunning()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "1ns"})
    void a_phase_without_any_time_is_warned_of_and_the_first_stops_are_sent(String timeout, CapturedOutput output) {
        List<String> tracked = running(1);

        context.withConfiguration(AutoConfigurations.of(LifecycleAutoConfiguration.class))
                .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=" + timeout)
                .run(started -> started.getBean(ActiveTasks.class).register(tracked.get(0)));

        assertThat(output)
                .contains("spring.lifecycle.timeout-per-shutdown-phase is", "leaves no time")
                .doesNotContain("The tracked tasks were not stopped");
    }

    @Test
    void the_client_is_still_open_for_what_other_beans_stop_later() {
        List<String> later = running(1);

        context.withBean(LateStop.class, () -> new LateStop(later.get(0)))
                .run(started -> started.getBean(LateStop.class).client = started.getBean(TaskClient.class));

        assertThat(stopped(later)).isEqualTo(1);
    }
}
