package dev.taskstop.journey;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskDialect;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.LedgerEntry;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.NewTask;
import dev.taskstop.server.RetryAfterForm;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What a query picks out of many tasks that differ, while tasks come and end; the ledger has the last word. */
class SelectJourneyTest {

    /** The nightly build has 5,000. */
    private static final int TASKS = Integer.getInteger("taskstop.tasks", 1_000);

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Instant BEGIN = Instant.parse("2026-03-04T12:00:00Z");

    /** The server's time goes so much faster, so that what the API tells to the second is told to a fraction of one. */
    private static final int SPEED = 20;

    /** Two seconds, to which it is told what came later, and one to which the server's date is cut. */
    private static final Duration TO_THE_SECOND = Duration.ofSeconds(3);

    private static final List<String> REPOSITORIES = List.of(
            "https://github.com/acme/web.git",
            "https://github.com/acme/website",
            "https://github.com/other/web.git",
            "");

    /** A query, and what it has to pick out. */
    private record Selection(String name, TaskQuery query, Predicate<NewTask> expected) {}

    private final Random random = new Random(19);

    /** What each task was created with. */
    private final Map<String, NewTask> tasks = new ConcurrentHashMap<>();

    private final Set<String> ending = ConcurrentHashMap.newKeySet();

    private static InstantSource fastClock() {
        long begin = System.nanoTime();
        return () -> BEGIN.plusNanos(SPEED * (System.nanoTime() - begin));
    }

    private static <T> T one(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    /** Its age is some minutes, or some hours. */
    private NewTask some(Random random) {
        Duration age =
                Duration.ofSeconds(random.nextBoolean() ? random.nextInt(1_800) : 14_400 + random.nextInt(30_000));
        return NewTask.defaults()
                .withPrompt(one(List.of("Fix the LOGIN page", "Write tests", "Update dependencies"), random))
                .withRepository(one(REPOSITORIES, random), one(List.of("main", "dev", "fix/login"), random))
                .withAgent(one(List.of("claude", "codex", "gemini"), random), one(List.of("small", "large"), random))
                .withBatch(random.nextInt(3) > 0 ? null : one(List.of("b1", "b2"), random))
                .withCreator(one(List.of("Ann", "Anna", "Ben"), random))
                .withChat(one(List.of("c1", "c2", "c3", "c4"), random))
                .withCreatedAt(BEGIN.minus(age));
    }

    private String create(TaskServer server, NewTask task, Lifecycle lifecycle) {
        String id = server.createTask(TaskServerOptions.DEFAULT_USER, task, lifecycle);
        tasks.put(id, task);
        return id;
    }

    /** One of ten ends within some minutes of the server's time. */
    private void populate(TaskServer server) {
        for (int i = 0; i < TASKS; i++) {
            NewTask task = some(random);
            if (i % 10 > 0) {
                create(server, task, Lifecycle.staysIn(i % 2 == 0 ? Status.PROCESSING : Status.SAVING));
            } else {
                Duration left = Duration.between(Objects.requireNonNull(task.createdAt()), BEGIN)
                        .plusSeconds(random.nextInt(300));
                ending.add(create(
                        server,
                        task,
                        Lifecycle.moving().withPendingFor(Duration.ZERO).withProcessingFor(left)));
            }
        }
    }

    private static List<Selection> selections(TaskDialect dialect) {
        TaskQuery active = TaskQuery.active();
        Instant hourAgo = BEGIN.minus(Duration.ofHours(1));
        Predicate<NewTask> old =
                task -> task.createdAt() != null && task.createdAt().isBefore(hourAgo);
        List<Selection> any = List.of(
                new Selection("matching", active.matching(task -> task.taskId().startsWith("A")), task -> false),
                new Selection(
                        "createdBefore",
                        active.createdBefore(BEGIN.minus(Duration.ofHours(8))),
                        task -> task.createdAt() != null
                                && task.createdAt().isBefore(BEGIN.minus(Duration.ofHours(8)))),
                new Selection("olderThan", active.olderThan(Duration.ofHours(2)), old));
        List<Selection> own = dialect == TaskDialect.agentV1()
                ? List.of(new Selection("chat", active.withChatId("c1"), task -> "c1".equals(task.chatId())))
                : List.of(
                        new Selection(
                                "repository and branch",
                                active.withRepository("git@github.com:Acme/Web.git")
                                        .withBranch("main"),
                                task -> task.repoUrl().endsWith("acme/web.git")
                                        && task.branch().equals("main")),
                        new Selection("batch", active.withBatch("b1"), task -> "b1".equals(task.batchId())),
                        new Selection("creator", active.withCreator("Ann"), task -> "Ann".equals(task.creator())),
                        new Selection(
                                "prompt and model",
                                active.withPrompt("the login").withModel("large"),
                                task -> task.prompt().contains("LOGIN")
                                        && task.model().equals("large")),
                        new Selection(
                                "repository",
                                active.withRepository("acme/web"),
                                task -> task.repoUrl().endsWith("acme/web.git")),
                        new Selection(
                                "agent",
                                active.withAgent("claude"),
                                task -> task.agent().equals("claude")),
                        new Selection(
                                "branch",
                                active.withBranch("dev"),
                                task -> task.branch().equals("dev")));
        return Stream.concat(own.stream(), any.stream()).toList();
    }

    private static TaskClient client(TaskServer server, TaskDialect dialect) {
        return TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(server.key())
                .dialect(dialect)
                .requestTimeout(Duration.ofSeconds(5))
                .retry(StopRetry.defaults().withBackoff(Duration.ofMillis(10), Duration.ofMillis(100)))
                .build();
    }

    private static List<StopResult> values(Flux<StopResult> results) {
        List<StopResult> values = new ArrayList<>();
        StepVerifier.create(results.doOnNext(values::add))
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(LIMIT);
        return values;
    }

    private static Set<String> ids(Collection<StopResult> results, Class<? extends StopResult> kind) {
        return results.stream().filter(kind::isInstance).map(StopResult::taskId).collect(Collectors.toSet());
    }

    private static Set<String> stopped(TaskServer server) {
        return server.ledger()
                .tasks()
                .filter(entry -> entry.effectiveRequest() > 0)
                .map(LedgerEntry::taskId)
                .collect(Collectors.toSet());
    }

    private static Set<String> without(Set<String> all, Collection<String> some) {
        Set<String> rest = new HashSet<>(all);
        rest.removeAll(some);
        return rest;
    }

    @ParameterizedTest
    @CsvSource({"cloud", "agentV1"})
    void each_selection_stops_exactly_its_set_while_tasks_come_and_end(String name) {
        TaskDialect dialect = name.equals("cloud") ? TaskDialect.cloud() : TaskDialect.agentV1();
        InstantSource clock = fastClock();
        try (TaskServer server =
                TaskServer.start(TaskServerOptions.defaults().withSeed(19).withClock(clock))) {
            populate(server);
            TaskClient client = client(server, dialect);
            Random later = new Random(20);
            Disposable arrivals = Flux.interval(Duration.ofMillis(20), Schedulers.single())
                    .onBackpressureDrop()
                    .subscribe(tick -> create(
                            server, some(later).withCreatedAt(clock.instant()), Lifecycle.staysIn(Status.PROCESSING)));
            for (Selection selection : selections(dialect)) {
                stopWhatIsSelected(server, client, clock, selection);
            }
            arrivals.dispose();
            assertThat(tasks).hasSizeGreaterThan(TASKS);
        }
    }

    private void stopWhatIsSelected(TaskServer server, TaskClient client, InstantSource clock, Selection selection) {
        Predicate<String> matches = selection.name().equals("matching")
                ? id -> id.startsWith("A")
                : id -> selection.expected().test(Objects.requireNonNull(tasks.get(id)));
        Set<String> before = stopped(server);
        Set<String> there = new HashSet<>(tasks.keySet());

        Set<String> preview = ids(
                values(client.stopActive(
                        selection.query(), StopAllOptions.defaults().withDryRun(true))),
                Skipped.class);
        assertThat(stopped(server)).as(selection.name()).isEqualTo(before);
        Instant[] firstResult = {Instant.MAX};
        List<StopResult> results = values(client.stopActive(selection.query(), StopAllOptions.defaults())
                .doOnNext(result -> {
                    if (firstResult[0].equals(Instant.MAX)) {
                        firstResult[0] = clock.instant();
                    }
                }));

        Set<String> stopped = without(stopped(server), before);
        assertThat(ids(results, Stopped.class)).as(selection.name()).isEqualTo(stopped);
        assertThat(stopped).as(selection.name()).isNotEmpty().allMatch(matches);
        assertThat(without(stopped, there))
                .as("%s: what came after the first page is left alone", selection.name())
                .noneMatch(id -> createdAt(id).isAfter(firstResult[0].plus(TO_THE_SECOND)));
        Set<String> stay = without(without(there, ending), before);
        stay.removeIf(matches.negate());
        assertThat(stopped).as("%s: what is there is stopped", selection.name()).containsAll(stay);
        assertThat(without(preview, stopped))
                .as("%s: ended meanwhile", selection.name())
                .isSubsetOf(ending);
        assertThat(without(stopped, preview))
                .as("%s: came meanwhile", selection.name())
                .doesNotContainAnyElementsOf(there);
    }

    private Instant createdAt(String id) {
        Instant createdAt = tasks.getOrDefault(id, NewTask.defaults()).createdAt();
        return createdAt == null ? Instant.MIN : createdAt;
    }

    @ParameterizedTest
    @CsvSource({"cloud", "agentV1"})
    void of_each_group_the_newest_goes_on(String name) {
        TaskDialect dialect = name.equals("cloud") ? TaskDialect.cloud() : TaskDialect.agentV1();
        try (TaskServer server = TaskServer.start(TaskServerOptions.defaults().withClock(fastClock()))) {
            Map<Object, String> newest = new HashMap<>();
            for (int i = 0; i < 1_000; i++) {
                NewTask task = some(random).withCreatedAt(BEGIN.minusSeconds(1 + (i * 7_919) % 1_000));
                String id = create(server, task, Lifecycle.staysIn(Status.PROCESSING));
                newest.merge(
                        group(dialect, task),
                        id,
                        (one, other) -> createdAt(one).isAfter(createdAt(other)) ? one : other);
            }
            TaskQuery superseded = TaskQuery.active()
                    .superseded(
                            dialect == TaskDialect.agentV1()
                                    ? TaskSummary::chatId
                                    : task -> List.of(String.valueOf(task.repoUrl()), String.valueOf(task.branch())));

            List<StopResult> results =
                    values(client(server, dialect).stopActive(superseded, StopAllOptions.defaults()));

            assertThat(results).hasOnlyElementsOfType(Stopped.class);
            assertThat(without(tasks.keySet(), stopped(server))).isEqualTo(new HashSet<>(newest.values()));
        }
    }

    private static Object group(TaskDialect dialect, NewTask task) {
        return dialect == TaskDialect.agentV1()
                ? String.valueOf(task.chatId())
                : List.of(task.repoUrl(), task.branch());
    }

    private static TaskServer faulty() {
        Faults faults = Faults.none()
                .with(FaultKind.ERROR_AFTER, 0.1)
                .with(FaultKind.ERROR_BEFORE, 0.1)
                .with(FaultKind.CUT_AFTER, 0.1)
                .with(FaultKind.CUT_BEFORE, 0.1)
                .with(FaultKind.RATE_LIMITED, 0.05);
        return TaskServer.start(TaskServerOptions.defaults()
                .withSeed(100)
                .withFaults(faults.withScope(Faults.Scope.STOP_AND_STATUS))
                .withRetryAfter(RetryAfterForm.RESET_AT, Duration.ofMillis(5)));
    }

    @ParameterizedTest
    @CsvSource({"cloud, false", "cloud, true", "agentV1, false"})
    void of_many_tasks_100_are_sent_a_stop_and_not_one_more_whatever_goes_wrong(String name, boolean ordered) {
        try (TaskServer server = faulty()) {
            server.createTasks(TASKS, Lifecycle.staysIn(Status.PROCESSING));
            TaskClient client = client(server, name.equals("cloud") ? TaskDialect.cloud() : TaskDialect.agentV1());

            List<StopResult> results = values(client.stopActive(
                    TaskQuery.active(), StopAllOptions.defaults().withMax(100).withOrdered(ordered)));

            assertMaximum(server, results, 101);
        }
    }

    @Test
    void of_many_ids_100_are_sent_a_stop_and_not_one_more_whatever_goes_wrong() {
        try (TaskServer server = faulty()) {
            List<String> ids = server.createTasks(TASKS, Lifecycle.staysIn(Status.PROCESSING));

            List<StopResult> results = values(client(server, TaskDialect.cloud())
                    .stopAll(Flux.fromIterable(ids), StopAllOptions.defaults().withMax(100)));

            assertMaximum(server, results, TASKS);
        }
    }

    private static void assertMaximum(TaskServer server, List<StopResult> results, int count) {
        List<LedgerEntry> asked = server.ledger()
                .tasks()
                .filter(entry -> entry.stopRequests() > 0)
                .toList();
        assertThat(asked).hasSize(100);
        assertThat(asked)
                .filteredOn(entry -> entry.stopRequests() > 1)
                .as("there were retries")
                .isNotEmpty();
        assertThat(stopped(server)).hasSizeLessThanOrEqualTo(100).containsAll(ids(results, Stopped.class));
        assertThat(results).hasSize(count);
        assertThat(results)
                .filteredOn(result -> result.equals(new Skipped(result.taskId(), Skipped.Reason.LIMIT)))
                .hasSize(count - 100);
    }
}
