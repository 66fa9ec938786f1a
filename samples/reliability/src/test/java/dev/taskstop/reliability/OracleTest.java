package dev.taskstop.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StopRetry;
import dev.taskstop.StoppedTask;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskRequest;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskState;
import dev.taskstop.TaskTransport;
import dev.taskstop.reliability.World.Party;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** That a false result is found: for each claim, what the server wrote down that makes it false, and what makes it true. */
class OracleTest {

    private static final String STOP_CAME = "1 STOP a - - taskstop/1 us";
    private static final String STOP_LOST = "2 STOP a 0 - taskstop/1 us";
    private static final String SAID_STOPPED = "2 STOP a 200 stopped taskstop/1 us";
    private static final String SAID_RUNNING = "2 STOP a 200 processing taskstop/1 us";
    private static final String STATUS_STOPPED = "4 STATUS a 200 stopped taskstop/1 us";
    private static final String STATUS_COMPLETED = "4 STATUS a 200 completed taskstop/1 us";
    private static final String NOT_FOUND = "2 STOP a 404 - taskstop/1 us";
    private static final String FORBIDDEN = "2 STOP a 403 - taskstop/1 us";
    private static final String SAID_TO_OTHERS = "2 STOP a 200 stopped taskstop/1 others";
    private static final String EFFECT = "a 1 2 taskstop/1 us";
    private static final String EFFECT_OF_OTHERS = "a 1 2 taskstop/1 others";

    private static final Duration LASTED = Duration.ofSeconds(10);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void a_stop_needs_an_answer_that_says_so_and_a_task_that_is_stopped() throws IOException {
        StopResult stopped = stopped(1, false);

        assertThat(judge(stopped, STOP_CAME, SAID_STOPPED, EFFECT)).isEmpty();
        assertThat(judge(stopped, STOP_CAME, SAID_STOPPED, EFFECT_OF_OTHERS)).isEmpty();
        assertThat(judge(stopped, STOP_CAME, SAID_RUNNING)).contains("no answer said so", "nobody stopped it");
        assertThat(judge(stopped, STOP_CAME, STOP_LOST, STATUS_STOPPED, EFFECT)).contains("no answer said so");
        assertThat(judge(stopped, SAID_TO_OTHERS, EFFECT_OF_OTHERS)).contains("no answer said so");
        assertThat(judge(stopped, STOP_CAME, STOP_CAME, SAID_STOPPED, EFFECT))
                .containsExactly("it has more requests than attempts");
    }

    @Test
    void a_recovered_stop_needs_a_status_that_says_so() throws IOException {
        StopResult recovered = stopped(1, true);

        assertThat(judge(recovered, STOP_CAME, STOP_LOST, STATUS_STOPPED, EFFECT))
                .isEmpty();
        assertThat(judge(recovered, STOP_CAME, SAID_STOPPED, EFFECT)).contains("no answer said so");
        assertThat(judge(recovered, STOP_CAME, STOP_LOST, STATUS_STOPPED)).containsExactly("nobody stopped it");
    }

    @Test
    void who_ended_a_task_did_not_find_it_ended() throws IOException {
        StopResult ended = new AlreadyEnded("a", TaskState.of("completed"));
        StopResult perhapsByUs = new AlreadyEnded("a", TaskState.of("completed"), true);

        assertThat(judge(ended, STOP_CAME, STATUS_COMPLETED)).isEmpty();
        assertThat(judge(ended, STOP_CAME, STOP_LOST, STATUS_COMPLETED, EFFECT))
                .containsExactly("a request of this stop ended it");
        assertThat(judge(perhapsByUs, STOP_CAME, STOP_LOST, STATUS_COMPLETED, EFFECT))
                .isEmpty();
        assertThat(judge(ended, STOP_CAME, STATUS_STOPPED, EFFECT_OF_OTHERS)).containsExactly("no answer said so");
        assertThat(judge(new AlreadyEnded("a", TaskState.of("processing")), SAID_RUNNING))
                .containsExactly("the state is not an end");
    }

    @Test
    void what_is_not_found_needs_an_answer_that_says_so() throws IOException {
        assertThat(judge(new NotFound("a"), STOP_CAME, NOT_FOUND)).isEmpty();
        assertThat(judge(new NotFound("a"), STOP_CAME, STOP_LOST)).containsExactly("no answer said so");
        assertThat(judge(plain(), Set.of("a"), new NotFound("a"), STOP_CAME, NOT_FOUND))
                .containsExactly("it is there");
    }

    @Test
    void a_failure_that_is_known_had_no_effect_and_blames_the_key_only_when_it_is_refused() throws IOException {
        Failed unknown = failed(502);
        Failed refused = failed(403);
        Failed aboutKey = failed(401);

        assertThat(judge(unknown, STOP_CAME, STOP_LOST, EFFECT)).isEmpty();
        assertThat(judge(refused, STOP_CAME, FORBIDDEN)).isEmpty();
        assertThat(judge(refused, STOP_CAME, STOP_LOST, EFFECT)).containsExactly("a request of this stop worked");
        assertThat(judge(aboutKey, STOP_CAME, FORBIDDEN)).containsExactly("the key is good");
        assertThat(judge(world(world -> world.keyLapses), aboutKey, STOP_CAME, FORBIDDEN))
                .isEmpty();
    }

    @Test
    void what_was_skipped_was_not_sent_and_has_a_reason() throws IOException {
        StopResult aborted = new Skipped("a", Skipped.Reason.ABORTED);
        StopResult late = new Skipped("a", Skipped.Reason.DEADLINE);

        assertThat(judge(world(world -> isShort(world)), late)).isEmpty();
        assertThat(judge(world(world -> isShort(world)), late, STOP_CAME)).containsExactly("a stop was sent for it");
        assertThat(judge(late)).containsExactly("its deadline had not come");
        assertThat(judge(aborted, FORBIDDEN)).containsExactly("the key is good");
        assertThat(judge(new Skipped("a", Skipped.Reason.DRY_RUN))).containsExactly("it is no dry run");
        assertThat(judge(new Skipped("a", Skipped.Reason.DUPLICATE))).containsExactly("no id was given twice");
    }

    @Test
    void what_a_stop_confirms_was_asked_for() throws IOException {
        World world = world(it -> it.confirm);

        assertThat(judge(world, stopped(1, false), STOP_CAME, SAID_STOPPED, STATUS_COMPLETED, EFFECT))
                .isEmpty();
        assertThat(judge(world, stopped(1, false), STOP_CAME, SAID_STOPPED, EFFECT))
                .containsExactly("it was not confirmed");
    }

    @Test
    void a_lost_and_a_repeated_result_and_a_task_that_is_stopped_twice_are_found() throws IOException {
        Evidence evidence = evidence(STOP_CAME, SAID_STOPPED, EFFECT, EFFECT);
        Oracle oracle = new Oracle(plain(), evidence, Set.of(), Set.of());
        Tally tally = new Tally();
        List<StopResult> results = List.of(stopped(2, false), stopped(2, false));
        tally.add(oracle, evidence, Party.US, new Tally.Reported(List.of("a", "b"), results, LASTED));

        assertThat(tally.lost()).isEqualTo(1);
        assertThat(tally.repeated()).isEqualTo(1);
        assertThat(tally.isClean()).isFalse();
        assertThat(oracle.judgeTask("a")).isEqualTo("was stopped 2 times");
    }

    @Test
    void a_seed_is_always_the_same_world() {
        assertThat(new World(7, 100, 0.2)).hasToString(new World(7, 100, 0.2).toString());
        assertThat(new World(7, 100, 0.2).toString()).isNotEqualTo(new World(8, 100, 0.2).toString());
    }

    @Test
    void no_world_refuses_the_list_that_tells_which_tasks_there_are() {
        int pages = 300 / World.PAGE + 1;

        assertThat(LongStream.range(1, 20_000)
                        .mapToObj(seed -> new World(seed, 300, 0))
                        .flatMap(world -> world.lies.stream())
                        .filter(lie -> lie.startsWith("--forbidden-after="))
                        .map(lie -> Integer.parseInt(lie.substring(lie.indexOf('=') + 1))))
                .isNotEmpty()
                .allMatch(requests -> requests >= pages);
    }

    private List<String> judge(StopResult result, String... lines) throws IOException {
        return judge(plain(), result, lines);
    }

    private List<String> judge(World world, StopResult result, String... lines) throws IOException {
        return judge(world, Set.of(), result, lines);
    }

    private List<String> judge(World world, Set<String> there, StopResult result, String... lines) throws IOException {
        return new Oracle(world, evidence(lines), there, Set.of()).judge(Party.US, result, LASTED);
    }

    /** Lines of the access log have a route; the others are the journal's. */
    private Evidence evidence(String... lines) throws IOException {
        Path log = Files.write(directory.resolve("log"), of(lines, line -> line.contains(" ST")));
        Path journal = Files.write(directory.resolve("journal"), of(lines, line -> !line.contains(" ST")));
        return new Evidence(journal, log);
    }

    private static List<String> of(String[] lines, Predicate<String> which) {
        return Stream.of(lines).filter(which).toList();
    }

    /** A world over HTTP/1.1 that has nothing special. */
    private static World plain() {
        return worlds().filter(world -> specials(world) == 0).findFirst().orElseThrow();
    }

    /** One that has one special thing only. */
    private static World world(Predicate<World> special) {
        return worlds().filter(world -> specials(world) == 1 && special.test(world))
                .findFirst()
                .orElseThrow();
    }

    private static Stream<World> worlds() {
        return LongStream.range(1, 100_000)
                .mapToObj(seed -> new World(seed, 100, 0))
                .filter(world ->
                        world.way == Way.HTTP_1 && world.lies.stream().noneMatch(lie -> lie.startsWith("--revived")));
    }

    private static boolean isShort(World world) {
        return world.deadline.compareTo(LASTED) < 0;
    }

    private static long specials(World world) {
        return Stream.of(world.keyLapses, world.dryRun, world.confirm, isShort(world))
                .filter(it -> it)
                .count();
    }

    private static StopResult stopped(int attempts, boolean recovered) {
        StoppedTask task = new StoppedTask("a", TaskState.of("stopped"), null, null, null, null);
        return new Stopped(task, attempts, recovered);
    }

    /** What a client makes of answers that all have one HTTP status. */
    private static Failed failed(int status) {
        TaskTransport transport = new TaskTransport() {
            @Override
            public Mono<TaskResponse> exchange(TaskRequest request) {
                return Mono.just(new TaskResponse(status, name -> null, new byte[0], false));
            }

            @Override
            public Mono<Void> closeAsync() {
                return Mono.empty();
            }
        };
        TaskClient client = TaskClient.builder()
                .apiKey("bb_local")
                .baseUrl(URI.create("http://127.0.0.1:1"))
                .transport(transport)
                .retry(StopRetry.defaults().withMaxAttempts(1))
                .build();
        Flux<StopResult> results = client.stopAll(Flux.just("a"));
        return (Failed) Objects.requireNonNull(results.blockLast(Duration.ofSeconds(30)));
    }
}
