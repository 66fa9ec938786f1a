package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.spring.TaskstopEndpoint.SweepState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import reactor.core.publisher.Flux;

/** What is swept while the application runs, and how that ends. */
class SweepTest {

    private static final Lifecycle PROCESSING = Lifecycle.staysIn(Status.PROCESSING);
    private static final String OFTEN = "taskstop.sweeps[0].every=100ms";
    private static final String NAMED = "taskstop.sweeps[0].name=forgotten";
    private static final String ALL = "taskstop.sweeps[0].repository=example/repo";

    private final ApplicationContextRunner context = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    TaskstopAutoConfiguration.class,
                    TaskstopActuatorAutoConfiguration.class,
                    LifecycleAutoConfiguration.class))
            .withPropertyValues("taskstop.api-key=bb_test");

    private ApplicationContextRunner against(TaskServer server, String... sweep) {
        return context.withPropertyValues(
                        "taskstop.api-key=" + server.key(),
                        "taskstop.base-url=" + server.baseUrl(),
                        "management.endpoints.web.exposure.include=taskstop")
                .withPropertyValues(sweep);
    }

    private static void await(BooleanSupplier condition) {
        Flux.interval(Duration.ofMillis(10))
                .filter(tick -> condition.getAsBoolean())
                .blockFirst(Signals.LIMIT);
    }

    @Test
    void it_begins_with_the_application_and_tells_of_itself() {
        try (TaskServer server = TaskServer.start()) {
            server.createTasks(3, PROCESSING);
            Queue<String> reasons = new ConcurrentLinkedQueue<>();
            StopListener audit = new StopListener() {
                @Override
                public void onResult(StopResult result, @Nullable String reason) {
                    reasons.add(String.valueOf(reason));
                }
            };
            against(server, NAMED, OFTEN, ALL, "taskstop.sweeps[0].reason=nobody watches")
                    .withPropertyValues(
                            "taskstop.sweeps[1].name=second",
                            "taskstop.sweeps[1].every=1h",
                            "taskstop.sweeps[1].older-than=6h")
                    .withBean(StopListener.class, () -> audit)
                    .run(started -> {
                        await(() -> server.ledger().tasks().allMatch(task -> task.status() == Status.STOPPED));
                        List<String> late = server.createTasks(2, PROCESSING);
                        await(() -> late.stream()
                                .allMatch(id -> server.ledger().of(id).effectiveRequest() > 0));
                        TaskSweep sweep = started.getBean("taskstopSweep.forgotten", TaskSweep.class);
                        await(() -> sweep.state().stopped() == 5);
                        assertThat(sweep.name()).isEqualTo("forgotten");
                        assertThat(sweep.every()).isEqualTo(Duration.ofMillis(100));
                        assertThat(sweep.query()).asString().contains("withRepository=example/repo");
                        assertThat(sweep.dryRun()).isFalse();
                        assertThat(sweep.isRunning()).isTrue();
                        assertThat(started.getBeansOfType(TaskSweep.class)).hasSize(2);

                        assertThat(reasons).hasSize(5).containsOnly("nobody watches");
                        assertTold(started);
                    });
            assertThat(server.ledger().tasks()).allMatch(task -> task.stopRequests() == 1);
        }
    }

    private static void assertTold(AssertableApplicationContext started) {
        Health health = Signals.value(started.getBean("taskstopHealthIndicator", ReactiveHealthIndicator.class)
                .health());
        assertThat(health.getDetails().get("sweeps")).asString().contains("forgotten=round ", "second=");

        SweepState told = TaskstopEndpoint.of(started, started.getBean(RecentStopsByClient.class))
                .state()
                .sweeps()
                .getOrDefault("forgotten", new SweepState(false, Duration.ZERO, "", 0, 0, 0, null, null));
        assertThat(told.running()).isTrue();
        assertThat(told.stopped()).isEqualTo(5);
        assertThat(told.selects()).contains("withRepository=example/repo");

        MeterRegistry meters = new SimpleMeterRegistry();
        started.getBeansOfType(MeterBinder.class).values().forEach(binder -> binder.bindTo(meters));
        assertThat(meters.get("taskstop.sweep.tasks.stopped")
                        .tag("sweep", "forgotten")
                        .functionCounter()
                        .count())
                .isEqualTo(5);
        assertThat(meters.get("taskstop.sweep")
                        .tag("sweep", "forgotten")
                        .functionTimer()
                        .count())
                .isPositive();
    }

    @Test
    void a_dry_run_and_a_maximum_hold_in_each_round() {
        try (TaskServer server = TaskServer.start()) {
            server.createTasks(5, PROCESSING);
            against(server, NAMED, OFTEN, ALL, "taskstop.sweeps[0].max=2", "taskstop.sweeps[0].dry-run=true")
                    .run(started -> {
                        TaskSweep sweep = started.getBean(TaskSweep.class);
                        await(() -> sweep.state().rounds() >= 2);
                        assertThat(sweep.dryRun()).isTrue();
                        assertThat(sweep.state().last())
                                .isNotNull()
                                .satisfies(last ->
                                        assertThat(last.summary().skipped()).isEqualTo(3));
                    });
            assertThat(server.ledger().totals().patchRequests()).isZero();
        }
    }

    @Test
    void a_round_that_cannot_read_the_list_is_told_and_is_not_the_end() {
        RecordingTransport server = new RecordingTransport(500);
        context.withPropertyValues(NAMED, OFTEN, ALL, "taskstop.retry.max-attempts=1")
                .withBean(TaskClientCustomizer.class, () -> builder -> builder.transport(server))
                .run(started -> {
                    TaskSweep sweep = started.getBean(TaskSweep.class);
                    await(() -> sweep.state().failedRounds() >= 2);
                    Health health =
                            Signals.value(started.getBean("taskstopHealthIndicator", ReactiveHealthIndicator.class)
                                    .health());
                    assertThat(health.getStatus()).isEqualTo(org.springframework.boot.health.contributor.Status.DOWN);
                    assertThat(health.getDetails().get("sweeps")).asString().contains("500");
                });
    }

    @Test
    void a_round_that_is_under_way_ends_before_the_context_has_closed_and_none_begins_after_it() {
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withLatency(Duration.ofMillis(100)))) {
            server.createTasks(300, PROCESSING);
            List<SweepLifecycle> swept = new ArrayList<>();
            against(server, NAMED, OFTEN, ALL).run(started -> {
                swept.add(started.getBean(SweepLifecycle.class));
                await(() -> server.ledger().totals().patchRequests() > 64);
            });

            assertThat(server.ledger().tasks()).allMatch(task -> task.effectiveRequest() > 0);
            assertThat(swept.get(0).state().rounds()).isEqualTo(1);
            assertThat(swept.get(0).isRunning()).isFalse();
        }
    }

    @Test
    void a_round_that_does_not_end_is_cut_off_when_the_grace_is_over() {
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withLatency(Duration.ofMinutes(5)))) {
            against(server, NAMED, OFTEN, ALL, "taskstop.shutdown.grace=200ms", "taskstop.request-timeout=5m")
                    .run(started -> await(() -> server.ledger().inProgress() == 1));

            await(() -> server.ledger().inProgress() == 0);
        }
    }

    @Test
    void between_two_rounds_it_ends_at_once_and_it_can_begin_again() throws InterruptedException {
        try (TaskServer server = TaskServer.start()) {
            CountDownLatch ended = new CountDownLatch(1);
            against(server, NAMED, "taskstop.sweeps[0].every=1h", ALL).run(started -> {
                SweepLifecycle sweep = started.getBean(SweepLifecycle.class);
                await(() -> sweep.state().rounds() == 1);

                sweep.stop(ended::countDown);
                assertThat(ended.await(Signals.LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(sweep.isRunning()).isFalse();

                sweep.start();
                await(() -> sweep.state().rounds() == 2);
            });
        }
    }

    @Test
    void whoever_ends_it_is_called_back_also_when_several_do() throws InterruptedException {
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withLatency(Duration.ofMillis(500)))) {
            CountDownLatch ended = new CountDownLatch(3);
            against(server, NAMED, "taskstop.sweeps[0].every=1h", ALL).run(started -> {
                SweepLifecycle sweep = started.getBean(SweepLifecycle.class);
                await(() -> server.ledger().inProgress() == 1);

                sweep.stop(ended::countDown);
                sweep.stop(ended::countDown);
                await(() -> ended.getCount() == 1);
                sweep.stop(ended::countDown);

                assertThat(ended.await(Signals.LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(sweep.isRunning()).isFalse();
            });
        }
    }

    /** In a file, on a command line, and in the environment, where Spring Boot binds two forms. */
    @ParameterizedTest
    @CsvSource({
        "older-than, dry-run",
        "older_than, dry_run",
        "olderThan, dryRun",
        "OLDER-THAN, DRY-RUN",
        "olderthan, dryrun",
        "OLDERTHAN, DRYRUN",
        "OLDER_THAN, DRY_RUN"
    })
    void the_conditions_are_those_that_binding_sees(String olderThan, String dryRun) {
        boolean isVariable = olderThan.matches("[A-Z_]+");
        String prefix = isVariable ? "TASKSTOP_SWEEPS_0_" : "taskstop.sweeps[0].";
        Map<String, Object> sweep = Map.of(
                isVariable ? prefix + "NAME" : prefix + "name",
                "forgotten",
                isVariable ? prefix + "EVERY" : prefix + "every",
                "1h",
                prefix + olderThan,
                "6h",
                prefix + dryRun,
                "true");
        context.withBean(TaskClientCustomizer.class, () -> builder -> builder.transport(new RecordingTransport(500)))
                .withInitializer(started -> started.getEnvironment()
                        .getPropertySources()
                        .addFirst(
                                isVariable
                                        ? new SystemEnvironmentPropertySource("test-systemEnvironment", sweep)
                                        : new MapPropertySource("sweep", sweep)))
                .run(started -> {
                    assertThat(started).hasNotFailed();
                    TaskSweep bound = started.getBean("taskstopSweep.forgotten", TaskSweep.class);
                    assertThat(bound.query()).asString().contains("olderThan=PT6H");
                    assertThat(bound.dryRun()).isTrue();
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            every=            | sweeps[0].every      | it is empty
            every=20          | sweeps[0].every      | Is a unit missing?
            every=0s          | sweeps[0].every      | 100ms or longer
            every=soon        | sweeps[0].every      | soon
            every=36501d      | sweeps[0].every      | at most 36500 days
            every=-106751991167300d | sweeps[0].every | 100ms or longer
            older-than=       | sweeps[0].older-than | it is empty
            older-than=6      | sweeps[0].older-than | Is a unit missing?
            older-than=-1h    | sweeps[0].older-than | 100ms or longer
            older-than=36501d | sweeps[0].older-than | at most 36500 days
            olderThen=6h      | sweeps[0].olderthen  | a sweep has no such property
            older.than=7h     | sweeps[0].older.than | a sweep has no such property
            oder-than=6h      | sweeps[0].oder-than  | a sweep has no such property. It takes name, every, older-than, repository
            older-then=6h     | sweeps[0].older-then | a sweep has no such property
            repository=       | sweeps[0].repository | it is empty
            repository=what   | sweeps[0].repository | takes an address
            repository=${A_B} | sweeps[0].repository | it has the placeholder ${A_B}
            branch=           | sweeps[0].branch     | it is empty
            agent=            | sweeps[0].agent      | it is empty
            model=            | sweeps[0].model      | it is empty
            batch=            | sweeps[0].batch      | it is empty
            creator=          | sweeps[0].creator    | it is empty
            prompt=           | sweeps[0].prompt     | it is empty
            chat=             | sweeps[0].chat       | it is empty
            superseded=       | sweeps[0].superseded | it is empty
            superseded=maybe  | sweeps[0].superseded | maybe
            max=              | sweeps[0].max        | it is empty
            max=-1            | sweeps[0].max        | takes a number from 0 up
            max=few           | sweeps[0].max        | few
            deadline=0s       | sweeps[0].deadline   | above zero
            deadline=36501d   | sweeps[0].deadline   | at most 36500 days
            dry-run=          | sweeps[0].dry-run    | it is empty
            reason=           | sweeps[0].reason     | it is empty
            name=             | sweeps[0].name       | it is empty
            name=a name       | sweeps[0].name       | it takes a name
            chat=a            | sweeps[0].chat       | it takes no chat
            """)
    void what_will_not_do_is_refused_by_its_name_when_the_application_starts(
            String property, String name, String message) {
        String[] pair = property.split("=", -1);
        context.withPropertyValues(NAMED, "taskstop.sweeps[0].every=1h", "taskstop.sweeps[0].older-than=6h")
                .withPropertyValues("taskstop.sweeps[0]." + pair[0].strip() + "=" + pair[1].strip())
                .run(refused -> assertRefused(refused, name, message));
    }

    @Test
    void each_property_of_a_sweep_has_a_row_above() throws NoSuchMethodException {
        String rows = SweepTest.class
                .getDeclaredMethod(
                        "what_will_not_do_is_refused_by_its_name_when_the_application_starts",
                        String.class,
                        String.class,
                        String.class)
                .getAnnotation(CsvSource.class)
                .textBlock();

        assertThat(WrittenSweeps.properties()).isNotEmpty().allMatch(property -> rows.contains("\n" + property + "="));
    }

    @ParameterizedTest
    @ValueSource(strings = {"repository=a/b", "branch=a", "agent=a", "batch=a", "creator=a", "prompt=a"})
    void what_the_lists_of_the_api_never_tell_is_refused_by_its_name(String condition) {
        String property = condition.replaceAll("=.*", "");
        context.withPropertyValues(NAMED, OFTEN, "taskstop.dialect=agent-v1", "taskstop.sweeps[0]." + condition)
                .run(refused -> assertRefused(refused, "sweeps[0]." + property, "it takes no " + property));
    }

    @Test
    void a_sweep_without_a_condition_a_name_or_an_interval_is_refused() {
        context.withPropertyValues(NAMED, OFTEN)
                .run(refused -> assertRefused(refused, "sweeps[0]", "it would stop every active task"));
        context.withPropertyValues(OFTEN, ALL)
                .run(refused -> assertRefused(refused, "sweeps[0].name", "it takes a name"));
        context.withPropertyValues(NAMED, ALL)
                .run(refused -> assertRefused(refused, "sweeps[0].every", "it is needed"));
        context.withPropertyValues(NAMED, OFTEN, ALL)
                .withPropertyValues(
                        "taskstop.sweeps[1].name=forgotten",
                        "taskstop.sweeps[1].every=1h",
                        "taskstop.sweeps[1].older-than=6h")
                .run(refused -> assertRefused(refused, "sweeps[1].name", "another sweep has the same name"));
    }

    @Test
    void no_condition_is_in_the_text_form_of_the_properties() {
        context.withPropertyValues(NAMED, "taskstop.sweeps[0].every=1h", "taskstop.sweeps[0].creator=Jane Doe")
                .withBean(TaskClientCustomizer.class, () -> builder -> builder.transport(new RecordingTransport(500)))
                .run(started -> assertThat(started.getBean(TaskstopProperties.class))
                        .asString()
                        .contains("name=forgotten, every=PT1H")
                        .doesNotContain("Jane"));
    }

    @Test
    void of_several_clients_the_primary_one_sweeps() {
        RecordingTransport primary = new RecordingTransport(500);
        context.withPropertyValues(NAMED, "taskstop.sweeps[0].every=1h", ALL)
                .withBean("one", TaskClient.class, () -> client(new RecordingTransport(500)))
                .withBean("two", TaskClient.class, () -> client(primary), definition -> definition.setPrimary(true))
                .run(started -> await(() -> !primary.requests.isEmpty()));
        context.withPropertyValues(NAMED, "taskstop.sweeps[0].every=1h", ALL)
                .withBean("one", TaskClient.class, () -> client(new RecordingTransport(500)))
                .withBean("two", TaskClient.class, () -> client(new RecordingTransport(500)))
                .run(refused -> assertRefused(refused, "sweeps[0]", "one has to be @Primary"));
    }

    private static TaskClient client(RecordingTransport transport) {
        return TaskClient.builder().apiKey("own").transport(transport).build();
    }

    private static void assertRefused(AssertableApplicationContext refused, String name, String message) {
        assertThat(refused).hasFailed();
        StringBuilder messages = new StringBuilder();
        for (@Nullable Throwable failure = refused.getStartupFailure(); failure != null; failure = failure.getCause()) {
            messages.append(failure.getMessage()).append('\n');
        }
        assertThat(messages.toString()).contains("taskstop." + name).contains(message);
    }
}
