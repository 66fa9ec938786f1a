package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.silence;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Many tasks are waited for by polls, and some or all of them are to be stopped; in virtual time. */
class StopsBeforePollsTest {

    private static final Duration LATENCY = Duration.ofMillis(20);

    private final StubTransport server = new StubTransport();
    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    private final List<StopResult> results = new ArrayList<>();
    private final List<TaskStatus> ended = new ArrayList<>();
    private final List<Throwable> failed = new ArrayList<>();

    @BeforeEach
    void theServerTakesItsTime() {
        server.onStop(stopped().after(LATENCY)).onStatus(status("processing").after(LATENCY));
    }

    @AfterEach
    void realTimeAgain() {
        VirtualTimeScheduler.reset();
    }

    private TaskClient client(int perMinute) {
        TaskClientBuilder builder = server.client();
        return perMinute == Gate.NO_RATE
                ? builder.build()
                : builder.requestsPerMinute(perMinute).build();
    }

    private static List<String> ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }

    private void trackAsTheGuideShows(TaskClient client, List<String> ids) {
        for (String id : ids) {
            client.activeTasks().track(id, client.awaitDone(id)).subscribe(ended::add, failed::add);
        }
    }

    private void waitFor(TaskClient client, List<String> ids) {
        for (String id : ids) {
            client.awaitDone(id).subscribe(ended::add, failed::add);
        }
    }

    private void shutDown(TaskClient client, Duration grace) {
        client.activeTasks().shutdown(grace).subscribe(results::add);
        time.advanceTimeBy(grace);
    }

    private long stoppedWithoutPolls(int perMinute, List<String> ids, Duration grace) {
        TaskClient client = client(perMinute);
        ids.forEach(client.activeTasks()::register);
        List<StopResult> byHand = new ArrayList<>();
        client.activeTasks().shutdown(grace).subscribe(byHand::add);
        time.advanceTimeBy(grace);
        server.requests.clear();
        return byHand.stream().filter(Stopped.class::isInstance).count();
    }

    private long stops() {
        return results.stream().filter(Stopped.class::isInstance).count();
    }

    @Test
    void a_shutdown_at_a_rate_stops_as_many_polled_tasks_as_unpolled_ones() {
        Duration grace = Duration.ofSeconds(10);
        List<String> ids = ids("t", 1_000);
        long byHand = stoppedWithoutPolls(600, ids, grace);
        TaskClient client = client(600);
        trackAsTheGuideShows(client, ids);
        time.advanceTimeBy(Duration.ofSeconds(5));
        server.requests.clear();

        shutDown(client, grace);

        System.out.printf("%d stopped, %d without polls%n", stops(), byHand);
        assertThat(byHand).isBetween(99L, 101L);
        assertThat(stops()).isGreaterThanOrEqualTo(byHand * 95 / 100);
        assertThat(results).hasSize(1_000).filteredOn(Skipped.class::isInstance).hasSize((int) (1_000 - stops()));
        assertThat(server.stopRequests()).isBetween(stops(), 101L);
        assertThat(server.statusRequests()).isLessThanOrEqualTo(1);
    }

    @Test
    void a_shutdown_without_a_rate_stops_as_many_polled_tasks_as_unpolled_ones() {
        Duration grace = Duration.ofMillis(500);
        List<String> ids = ids("t", 4_000);
        long byHand = stoppedWithoutPolls(Gate.NO_RATE, ids, grace);
        TaskClient client = client(Gate.NO_RATE);
        trackAsTheGuideShows(client, ids);
        time.advanceTimeBy(Duration.ofSeconds(1));
        server.requests.clear();

        client.activeTasks().shutdown(grace).subscribe(results::add);
        time.advanceTimeBy(grace.minusMillis(1));

        System.out.printf("%d stopped, %d without polls%n", stops(), byHand);
        assertThat(byHand).isBetween(1_500L, 2_000L);
        assertThat(stops()).isGreaterThanOrEqualTo(byHand * 95 / 100);
        assertThat(server.statusRequests()).isZero();
    }

    @Test
    void a_shutdown_beside_polls_for_other_tasks_loses_less_than_a_twentieth_of_its_stops_to_them() {
        Duration grace = Duration.ofSeconds(60);
        List<String> ids = ids("t", 1_000);
        long byHand = stoppedWithoutPolls(600, ids, grace);
        TaskClient client = client(600);
        trackAsTheGuideShows(client, ids);
        waitFor(client, ids("other", 5_000));
        time.advanceTimeBy(Duration.ofSeconds(5));
        server.requests.clear();

        shutDown(client, grace);

        System.out.printf("%d stopped, %d without polls; %d polls%n", stops(), byHand, server.statusRequests());
        assertThat(stops()).isGreaterThanOrEqualTo(byHand * 95 / 100);
        assertThat(server.statusRequests()).as("their share").isBetween(15L, 25L);
    }

    @Test
    void polls_that_hang_do_not_hold_up_a_shutdown_of_their_tasks() {
        server.onStatus(silence());
        TaskClient client = client(Gate.NO_RATE);
        trackAsTheGuideShows(client, ids("t", 1_000));

        shutDown(client, Duration.ofSeconds(5));

        assertThat(stops()).isEqualTo(1_000);
        assertThat(ended).hasSize(1_000).allMatch(TaskStatus::done);
    }

    @ParameterizedTest
    @ValueSource(ints = {450, 5_000})
    void a_stop_and_a_race_beside_polls_at_a_rate_have_their_turn_within_one_interval(int waitedFor) {
        Duration interval = Duration.ofMillis(100);
        TaskClient client = client(600);
        waitFor(client, ids("t", waitedFor));
        time.advanceTimeBy(Duration.ofSeconds(30));
        AtomicInteger outcomes = new AtomicInteger();

        client.stop("x").subscribe(results -> outcomes.incrementAndGet(), failed::add);
        time.advanceTimeBy(interval.plus(LATENCY));
        assertThat(server.requests).contains("PATCH x");
        client.awaitOrStop("y", Duration.ofSeconds(2)).subscribe(outcome -> outcomes.incrementAndGet(), failed::add);
        time.advanceTimeBy(Duration.ofSeconds(2).plus(interval).plus(LATENCY));

        assertThat(server.requests).contains("PATCH y");
        assertThat(outcomes).hasValue(2);
        assertThat(failed).isEmpty();
    }

    @Test
    void each_of_some_stops_beside_five_thousand_polls_waits_for_what_is_in_flight_and_no_more() {
        TaskClient client = client(Gate.NO_RATE);
        waitFor(client, ids("t", 5_000));
        time.advanceTimeBy(Duration.ofSeconds(1));
        List<Duration> took = new ArrayList<>();

        for (int i = 0; i < 20; i++) {
            client.stop("x" + i).elapsed(time).subscribe(stop -> took.add(Duration.ofMillis(stop.getT1())));
            time.advanceTimeBy(Duration.ofMillis(233));
        }

        System.out.println(took);
        assertThat(took).hasSize(20).allMatch(wait -> wait.compareTo(LATENCY.multipliedBy(2)) <= 0);
    }

    @Test
    void a_stop_beside_a_bulk_stop_that_is_wider_than_the_gate_waits_for_what_is_in_flight_and_no_more() {
        TaskClient client = client(Gate.NO_RATE);
        client.stopAll(
                        Flux.range(0, 1_000_000).map(i -> "t" + i),
                        StopAllOptions.defaults().withConcurrency(256))
                .subscribe();
        time.advanceTimeBy(Duration.ofMillis(110));
        List<Long> took = new ArrayList<>();

        client.stop("x").elapsed(time).subscribe(stop -> took.add(stop.getT1()));
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(took).singleElement().matches(millis -> millis <= 2 * LATENCY.toMillis());
    }

    @Test
    void no_poll_waits_for_ever_while_stops_go_on() {
        TaskClient client = client(600);
        client.stopAll(Flux.range(0, 1_000_000).map(i -> "t" + i)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));
        List<String> polled = ids("p", 10);
        waitFor(client, polled);

        time.advanceTimeBy(Duration.ofSeconds(33));

        assertThat(server.requests)
                .containsAll(polled.stream().map(id -> "GET " + id).toList());
    }

    @Test
    void who_waits_for_a_task_that_a_shutdown_stops_learns_its_end_without_another_request() {
        TaskClient client = client(Gate.NO_RATE);
        trackAsTheGuideShows(client, List.of("t1"));
        client.awaitOrStop("t1", Duration.ofHours(1))
                .cast(TaskOutcome.Finished.class)
                .map(TaskOutcome.Finished::status)
                .subscribe(ended::add, failed::add);
        time.advanceTimeBy(Duration.ofSeconds(1));
        long polls = server.statusRequests();

        shutDown(client, Duration.ofSeconds(5));

        assertThat(ended).hasSize(2).allSatisfy(status -> {
            assertThat(status.done()).isTrue();
            assertThat(status.state()).isEqualTo(TaskState.of("stopped"));
            assertThat(status.completedAt()).isNotNull();
        });
        assertThat(server.statusRequests()).isEqualTo(polls);
        assertThat(client.activeTasks().taskIds()).isEmpty();
    }

    @Test
    void who_waits_for_a_task_that_a_shutdown_could_not_stop_goes_on_polling() {
        server.onStop(answer(409));
        TaskClient client = client(Gate.NO_RATE);
        trackAsTheGuideShows(client, List.of("t1"));

        shutDown(client, Duration.ofSeconds(1));
        assertThat(ended).isEmpty();
        server.onStatus(status("completed"));
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(ended).extracting(TaskStatus::state).containsExactly(TaskState.of("completed"));
    }

    @Test
    void who_waits_for_a_task_that_is_gone_at_the_shutdown_fails_as_a_poll_would() {
        server.onStop(answer(404));
        TaskClient client = client(Gate.NO_RATE);
        trackAsTheGuideShows(client, List.of("t1"));

        shutDown(client, Duration.ofSeconds(1));

        assertThat(failed)
                .singleElement()
                .isInstanceOfSatisfying(
                        TaskResponseException.class,
                        answer -> assertThat(answer.reason()).isEqualTo(TaskResponseException.Reason.NOT_FOUND));
    }

    @Test
    void a_shutdown_that_is_cancelled_lets_the_polls_go_on() {
        server.onStop(silence()).onStatus(status("processing"), status("completed"));
        TaskClient client = client(Gate.NO_RATE);
        trackAsTheGuideShows(client, List.of("t1"));

        client.activeTasks().shutdown(Duration.ofMinutes(1)).subscribe().dispose();
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(ended).hasSize(1);
    }

    @Test
    void polls_that_begin_during_a_shutdown_wait_for_its_result_too() {
        TaskClient client = client(Gate.NO_RATE);
        client.activeTasks().register("t1");
        client.activeTasks().shutdown(Duration.ofSeconds(5)).subscribe(results::add);

        waitFor(client, List.of("t1"));
        time.advanceTimeBy(LATENCY);

        assertThat(ended).hasSize(1);
        assertThat(server.statusRequests()).isZero();
    }

    @Test
    void the_list_whose_tasks_are_to_be_stopped_does_not_wait_for_polls_and_that_of_a_reader_does() {
        List<String> requests = new ArrayList<>();
        TaskTransport lister = request -> {
            requests.add(request.method() + " " + request.uri().getPath());
            boolean isList = request.uri().getPath().endsWith("/tasks");
            return isList
                    ? Mono.just(StubTransport.response(200, "{\"tasks\":[],\"pagination\":{\"hasMore\":false}}"))
                    : server.exchange(request);
        };
        TaskClient client =
                server.client().transport(lister).requestsPerMinute(600).build();
        waitFor(client, ids("t", 5_000));
        time.advanceTimeBy(Duration.ofSeconds(10));
        requests.clear();

        client.list(TaskQuery.all()).subscribe(task -> {}, failed::add);
        client.stopActive(TaskQuery.all(), StopAllOptions.defaults()).subscribe(results::add, failed::add);
        time.advanceTimeBy(Duration.ofSeconds(1));
        assertThat(requests).filteredOn("GET /api/tasks"::equals).hasSize(1);
        assertThat(requests.get(0)).isEqualTo("GET /api/tasks");

        time.advanceTimeBy(Duration.ofSeconds(6));
        assertThat(requests)
                .filteredOn("GET /api/tasks"::equals)
                .as("in its share")
                .hasSize(2);
        assertThat(failed).isEmpty();
    }

    @Test
    void who_waits_for_a_task_that_had_ended_at_the_shutdown_learns_how_without_another_poll() {
        server.onStop(answer(400)).onStatus(status("processing"), status("completed"));
        TaskClient client = client(Gate.NO_RATE);
        waitFor(client, List.of("t1"));
        client.activeTasks().register("t1");

        shutDown(client, Duration.ofSeconds(1));

        assertThat(ended).extracting(TaskStatus::state).containsExactly(TaskState.of("completed"));
        assertThat(server.requests).containsExactly("GET t1", "PATCH t1", "GET t1");
    }

    @Test
    void who_still_waits_when_another_has_gone_away_learns_from_a_shutdown_too() {
        TaskClient client = client(Gate.NO_RATE);
        waitFor(client, List.of("t1"));
        Disposable other = client.awaitDone("t1").subscribe();
        time.advanceTimeBy(LATENCY);
        other.dispose();
        client.activeTasks().register("t1");
        long polls = server.statusRequests();

        shutDown(client, Duration.ofSeconds(1));

        assertThat(ended).extracting(TaskStatus::state).containsExactly(TaskState.of("stopped"));
        assertThat(server.statusRequests()).isEqualTo(polls);
    }

    @Test
    void who_begins_to_wait_during_a_shutdown_does_not_poll_although_another_has_gone_away() {
        TaskClient client = client(Gate.NO_RATE);
        Disposable other = client.awaitDone("t1").subscribe();
        time.advanceTimeBy(LATENCY);
        client.activeTasks().register("t1");
        client.activeTasks().shutdown(Duration.ofSeconds(5)).subscribe(results::add);
        other.dispose();
        long polls = server.statusRequests();

        waitFor(client, List.of("t1"));
        time.advanceTimeBy(LATENCY);

        assertThat(ended).hasSize(1);
        assertThat(server.statusRequests()).isEqualTo(polls);
    }

    @Test
    void a_wait_that_is_over_leaves_nothing_of_its_task_in_memory() {
        server.onStatus(status("completed"));
        TaskClient client = client(Gate.NO_RATE);

        assertThat(isForgotten(waitedFor(client))).isTrue();
        assertThat(client.gateState().inFlight()).isZero();
    }

    private WeakReference<String> waitedFor(TaskClient client) {
        String id = "t" + server.requests.size();
        client.awaitDone(id).subscribe();
        assertThat(server.statusRequests()).isEqualTo(1);
        return new WeakReference<>(id);
    }

    private static boolean isForgotten(WeakReference<String> id) {
        for (int i = 0; i < 10 && id.get() != null; i++) {
            System.gc();
        }
        return id.get() == null;
    }

    @Test
    void a_single_stop_beside_a_bulk_stop_at_a_rate_has_the_very_next_turn() {
        TaskClient client = client(600);
        client.stopAll(Flux.range(0, 1_000).map(i -> "t" + i)).subscribe();
        time.advanceTimeBy(Duration.ofSeconds(1));
        server.requests.clear();

        client.stop("x").subscribe();
        time.advanceTimeBy(Duration.ofMillis(100));

        assertThat(server.requests).containsExactly("PATCH x");
    }
}
