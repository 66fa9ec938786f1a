package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.notSent;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StubTransport.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** At most so many tasks are sent a stop, whatever happens. */
class StopMaxTest {

    private final StubTransport server = new StubTransport();

    private static List<StopResult> virtual(StubTransport server, Flux<String> ids, StopAllOptions options) {
        List<StopResult> results = new ArrayList<>();
        StepVerifier.withVirtualTime(
                        () -> server.client().build().stopAll(ids, options).doOnNext(results::add))
                .thenAwait(Duration.ofHours(1))
                .thenConsumeWhile(result -> true)
                .expectComplete()
                .verify(Wire.LIMIT);
        return results;
    }

    private static List<String> limited(List<StopResult> results) {
        return results.stream()
                .filter(result -> result.equals(new Skipped(result.taskId(), Skipped.Reason.LIMIT)))
                .map(StopResult::taskId)
                .toList();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 99, 100, 101})
    void the_first_ids_are_sent_a_stop_and_the_rest_is_skipped(int max) {
        List<String> ids = Wire.ids(100);

        List<StopResult> results = virtual(
                server, Flux.fromIterable(ids), StopAllOptions.defaults().withMax(max));

        int first = Math.min(max, 100);
        assertThat(results).hasSize(100).filteredOn(Stopped.class::isInstance).hasSize(first);
        assertThat(limited(results)).isEqualTo(ids.subList(first, 100));
        assertThat(server.requests)
                .containsExactlyElementsOf(
                        ids.subList(0, first).stream().map(id -> "PATCH " + id).toList());
    }

    /** Random options, answers and delays; the seed is in the message. */
    @Test
    void no_answer_and_no_option_makes_it_more() {
        for (long seed = 1; seed <= 200; seed++) {
            Random random = new Random(seed);
            StubTransport faulty = new StubTransport();
            faulty.onStatus(status(random.nextBoolean() ? "processing" : "stopped"));
            for (int i = 0; i < 30; i++) {
                faulty.onStop("t" + i, replies(random));
            }
            int max = random.nextInt(32);
            StopAllOptions options = StopAllOptions.defaults()
                    .withMax(max)
                    .withConcurrency(1 + random.nextInt(40))
                    .withOrdered(random.nextBoolean())
                    .withDistinct(random.nextBoolean())
                    .withConfirm(random.nextInt(4) == 0)
                    .withDryRun(random.nextInt(4) == 0);
            StopAllOptions some = random.nextInt(3) == 0
                    ? options.withDeadline(Duration.ofMillis(1 + random.nextInt(9_000)))
                    : options;
            List<String> ids = new ArrayList<>(
                    IntStream.range(0, 30).mapToObj(i -> "t" + i).toList());
            ids.add(random.nextInt(30), "t0");

            List<StopResult> results = virtual(faulty, Flux.fromIterable(ids), some);

            Set<String> sent = new HashSet<>();
            faulty.requests.stream().filter(line -> line.startsWith("PATCH")).forEach(sent::add);
            assertThat(sent).as("seed %d, at most %d", seed, max).hasSizeLessThanOrEqualTo(max);
            assertThat(results).as("seed %d", seed).hasSize(31);
            assertThat(limited(results)).as("seed %d", seed).allSatisfy(id -> {
                // An id that came twice may have been sent a stop before.
                assertThat(id.equals("t0") || !sent.contains("PATCH " + id)).isTrue();
            });
        }
    }

    private static Reply[] replies(Random random) {
        List<Reply> all = List.of(
                stopped(),
                lost(),
                notSent(),
                answer(400),
                answer(404),
                answer(405),
                answer(429),
                answer(500),
                answer(200, "<"));
        Reply[] replies = new Reply[1 + random.nextInt(4)];
        for (int i = 0; i < replies.length; i++) {
            replies[i] = all.get(random.nextInt(all.size())).after(Duration.ofMillis(random.nextInt(2_000)));
        }
        return replies;
    }

    @Test
    void what_was_begun_is_tried_again_after_the_limit_was_reached() {
        server.onStop("t0", answer(500), answer(500), stopped());

        List<StopResult> results =
                virtual(server, Flux.just("t0", "t1"), StopAllOptions.defaults().withMax(1));

        assertThat(results)
                .filteredOn(Stopped.class::isInstance)
                .extracting(StopResult::taskId)
                .containsExactly("t0");
        assertThat(limited(results)).containsExactly("t1");
        assertThat(server.stopRequests()).isEqualTo(3);
    }

    @Test
    void what_cannot_be_sent_a_stop_does_not_count() {
        List<StopResult> results = virtual(
                server,
                Flux.just("no/id", "t0", "t0", "t1", "t2"),
                StopAllOptions.defaults().withMax(2).withDistinct(true));

        assertThat(results).hasSize(5);
        assertThat(results)
                .filteredOn(Stopped.class::isInstance)
                .extracting(StopResult::taskId)
                .containsExactly("t0", "t1");
        assertThat(results).contains(new Skipped("t0", Skipped.Reason.DUPLICATE));
        assertThat(results).filteredOn(Failed.class::isInstance).hasSize(1);
        assertThat(limited(results)).containsExactly("t2");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void of_what_is_active_the_one_too_many_is_told_and_the_list_is_read_no_further(boolean ordered) {
        StubTasks tasks = new StubTasks().addMany(5_000);

        List<StopResult> results = Wire.values(tasks.client()
                .build()
                .stopActive(
                        TaskQuery.active(),
                        StopAllOptions.defaults().withMax(100).withOrdered(ordered)));

        assertThat(results).hasSize(101).filteredOn(Stopped.class::isInstance).hasSize(100);
        assertThat(limited(results)).hasSize(1);
        assertThat(tasks.stops).hasSize(100);
        assertThat(tasks.pages).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void a_list_without_end_is_not_read_to_its_end() {
        StubTasks tasks = new StubTasks().addMany(10);
        tasks.beforeEachPage = () -> {
            for (int i = 0; i < 200; i++) {
                tasks.add("more" + tasks.pages.size() + "-" + i);
            }
        };

        assertThat(Wire.values(tasks.client()
                        .build()
                        .stopActive(
                                TaskQuery.active(), StopAllOptions.defaults().withMax(1_000))))
                .hasSize(1_001);
        assertThat(tasks.stops).hasSize(1_000);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 99, 100, 101, 150, 230, 250, 300})
    void a_preview_with_a_maximum_names_what_then_is_stopped(int max) {
        StubTasks tasks = new StubTasks().addMany(250);
        TaskClient client = tasks.client().build();
        StopAllOptions options = StopAllOptions.defaults().withMax(max);

        List<String> preview = Wire.values(client.stopActive(TaskQuery.active(), options.withDryRun(true))).stream()
                .filter(result -> result.equals(new Skipped(result.taskId(), Skipped.Reason.DRY_RUN)))
                .map(StopResult::taskId)
                .toList();
        assertThat(tasks.stops).isEmpty();
        Wire.values(client.stopActive(TaskQuery.active(), options));

        assertThat(preview).hasSize(Math.min(max, 250)).containsExactlyInAnyOrderElementsOf(tasks.stops);
    }

    @Test
    void a_maximum_below_zero_is_refused() {
        assertThatThrownBy(() -> StopAllOptions.defaults().withMax(-1))
                .hasMessage("max takes a number from 0 up, not -1");
        assertThat(StopAllOptions.defaults().withMax(3).max()).isEqualTo(3);
        assertThat(StopAllOptions.defaults().max()).isNull();
    }
}
