package dev.taskstop;

import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.stopped;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Stopped;
import dev.taskstop.StubTransport.Reply;
import java.time.Duration;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A bulk stop among whose tasks are some that cannot be stopped, and how long the others wait; in virtual time. */
class HealthyBeforeSickTest {

    private static final Reply HEALTHY = stopped().after(Duration.ofMillis(20));
    private static final Reply FAILING = answer(500).after(Duration.ofMillis(20));
    private static final Reply SILENT = lost().after(Duration.ofSeconds(2));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();

    @AfterEach
    void realTimeAgain() {
        VirtualTimeScheduler.reset();
    }

    /** How many milliseconds it takes until the last healthy task is stopped. */
    private long lastHealthy(int count, IntPredicate isSick, Reply sick) {
        StubTransport server = new StubTransport();
        server.onStop((request, id) -> (isSick.test(Integer.parseInt(id)) ? sick : HEALTHY).to(request, id))
                .onStatus(sick);
        long begin = time.now(MILLISECONDS);
        long[] last = new long[1];
        int[] results = new int[1];
        TaskClient client = server.client().build();
        client.stopAll(Flux.range(0, count).map(String::valueOf)).subscribe(result -> {
            results[0]++;
            last[0] = result instanceof Stopped ? time.now(MILLISECONDS) - begin : last[0];
        });
        for (int second = 0; second < 600 && results[0] < count; second++) {
            time.advanceTimeBy(Duration.ofSeconds(1));
        }
        assertThat(results[0]).isEqualTo(count);
        System.out.printf(
                "last healthy task after %,d ms; %,d requests in all; limit %d%n",
                last[0], server.requests.size(), client.gateState().limit());
        return last[0];
    }

    @Test
    void a_tenth_that_never_answers_delays_the_others_by_little_more_than_the_places_that_it_takes() {
        long all = lastHealthy(2_000, id -> false, SILENT);
        long beside = lastHealthy(2_000, id -> id % 10 == 0, SILENT);

        System.out.printf("silent: %.1f times as long%n", (double) beside / all);
        assertThat(beside).isLessThanOrEqualTo(8_000);
    }

    @ParameterizedTest
    @CsvSource({"10,1.3", "30,1.3", "50,1.6"})
    void those_that_always_fail_hardly_delay_the_others(int percent, double times) {
        long all = lastHealthy(3_000, id -> false, FAILING);
        long beside = lastHealthy(3_000, id -> id * 37 % 100 < percent, FAILING);

        System.out.printf("%d %% failing: %.2f times as long%n", percent, (double) beside / all);
        assertThat((double) beside / all).isLessThanOrEqualTo(times);
    }
}
