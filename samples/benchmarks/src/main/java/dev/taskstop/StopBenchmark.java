package dev.taskstop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The inner parts of a stop, on a transport that answers at once. It is in the library's package to get at them.
 *
 * <p>{@code call} is what a stop is without gate, retries, observation and bulk: the request is worded, carried and its
 * answer decoded. What {@code stop} takes longer than {@code call}, and {@code stopAll} than {@code callAll}, is their
 * cost; it is a fraction of what one JVM differs from the next, and so measured in turn.
 */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class StopBenchmark {

    private static final int MANY = 1_000;
    private static final int CONCURRENCY = 64;
    private static final String ID = "task-1";
    private static final String KEY = "bb_local_0000000000000000";
    private static final URI BASE_URL = URI.create("http://127.0.0.1:8787");
    private static final byte[] BODY = """
            {"message":"Task stopped successfully","task":{"id":"task-1","userId":"user@example.com",\
            "status":"stopped","error":"Task stopped by user","updatedAt":"2026-01-01T00:00:00.000Z",\
            "completedAt":"2026-01-01T00:00:00.000Z"}}""".getBytes(UTF_8);

    private static final ApiCalls.Progress<StoppedTask> NOBODY = new ApiCalls.Progress<>() {
        @Override
        public @Nullable StoppedTask insteadOfSending() {
            return null;
        }

        @Override
        public void left() {}

        @Override
        public void refused(TaskResponseException refusal) {}
    };

    private final List<String> ids = Collections.nCopies(MANY, ID);
    private final TaskResponse response = new TaskResponse(200, name -> null, BODY, false);

    /** Guarded in both, as a client guards one that it is given. */
    private final TaskTransport transport = request -> Mono.just(response);

    private final TaskDialect dialect = TaskDialect.cloud();
    private final Origin origin = new Origin(BASE_URL, "", false);
    private final TaskRequest request = dialect.stopRequest(origin, ID);
    private final ApiCalls api = new ApiCalls(
            dialect, origin, ApiKey.of(KEY), new GuardedTransport(transport), Schedulers.parallel(), CallObserver.NONE);
    private final Gate gate =
            new Gate(CONCURRENCY, Gate.NO_RATE, Duration.ofMillis(100), Duration.ofMinutes(1), Schedulers.parallel());
    private final TaskClient client = TaskClient.builder()
            .baseUrl(BASE_URL)
            .apiKey(KEY)
            .concurrency(CONCURRENCY)
            .transport(transport)
            .build();

    /** Decodes an answer. */
    @Benchmark
    public StoppedTask decode() {
        return dialect.readStopped(new Answer(request, response), ID);
    }

    /** Passes the gate with an answer that is there. */
    @Benchmark
    public @Nullable TaskResponse gate() {
        return gate.pass(Gate.Priority.STOP, () -> Mono.just(response), () -> Duration.ZERO)
                .block();
    }

    /** One exchange, worded and decoded. */
    @Benchmark
    public @Nullable StoppedTask call() {
        return api.stop(ID, NOBODY, task -> task).block();
    }

    /** One stop. */
    @Benchmark
    public @Nullable StoppedTask stop() {
        return client.stop(ID).block();
    }

    /** What each of two takes that are done in turn, in one JVM: how fast it happens to be, it is so for both. */
    @State(Scope.Thread)
    @AuxCounters(AuxCounters.Type.EVENTS)
    public static class Both {

        private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

        /** How many of each were done. */
        public long operations;

        /** What the one took, in nanoseconds of processor time. */
        public long bare;

        /** What the other took. */
        public long whole;

        /** Creates the counters. */
        public Both() {}

        private void time(int often, Runnable bareOne, Runnable wholeOne) {
            long start = THREADS.getCurrentThreadCpuTime();
            repeat(often, bareOne);
            long middle = THREADS.getCurrentThreadCpuTime();
            repeat(often, wholeOne);
            long end = THREADS.getCurrentThreadCpuTime();
            operations += MANY;
            bare += middle - start;
            whole += end - middle;
        }

        private static void repeat(int often, Runnable operation) {
            for (int i = 0; i < often; i++) {
                operation.run();
            }
        }
    }

    /** {@code call} and {@code stop}, in turn. */
    @Benchmark
    public void callThenStop(Both both, Blackhole results) {
        both.time(MANY, () -> results.consume(call()), () -> results.consume(stop()));
    }

    /** {@code callAll} and {@code stopAll}, in turn. */
    @Benchmark
    public void callAllThenStopAll(Both both, Blackhole results) {
        both.time(1, () -> results.consume(callAll()), () -> results.consume(stopAll()));
    }

    /** Many exchanges, as one would write it. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public long callAll() {
        return count(Flux.fromIterable(ids).flatMap(id -> api.stop(id, NOBODY, task -> task), CONCURRENCY));
    }

    /** A bulk stop. */
    @Benchmark
    @OperationsPerInvocation(MANY)
    public long stopAll() {
        return count(Flux.fromIterable(ids).transform(client::stopAll));
    }

    private static long count(Flux<?> results) {
        return Objects.requireNonNull(results.count().block());
    }
}
