package dev.taskstop.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class ReportTest {

    private static final Measurement BARE = new Measurement(1_000, 0.1, 0.05, 20_000_000, 10 << 20, 8 << 20);
    private static final Measurement TWICE_AS_FAST = new Measurement(1_000, 0.05, 0.04, 10_000_000, 10 << 20, 8 << 20);

    @Test
    void the_median_is_the_middle_value_and_half_of_the_values_are_around_it() {
        assertThat(Quartiles.of(DoubleStream.of(9, 1, 5))).isEqualTo(new Quartiles(1, 5, 9));
        assertThat(Quartiles.of(DoubleStream.of(9, 1, 5, 6))).isEqualTo(new Quartiles(5, 5.5, 6));
        assertThat(Quartiles.of(DoubleStream.of(8, 1, 7, 2, 6, 3, 5, 4))).isEqualTo(new Quartiles(3, 4.5, 6));
        assertThat(Quartiles.of(DoubleStream.of(7))).isEqualTo(new Quartiles(7, 7, 7));
    }

    @Test
    void values_are_per_stop() {
        assertThat(BARE.stopsPerSecond()).isEqualTo(10_000);
        assertThat(BARE.cpuMicrosPerStop()).isEqualTo(50, offset(1e-9));
        assertThat(BARE.bytesPerStop()).isEqualTo(20_000);
        assertThat(BARE.peakHeapMebibytes()).isEqualTo(10);
    }

    @Test
    void a_median_is_taken_for_each_column_by_itself() {
        Medians medians = Medians.of(List.of(BARE, TWICE_AS_FAST, BARE));

        assertThat(medians).isEqualTo(new Medians(10_000, 50, 20_000, 10));
    }

    /** Whatever slows both down for a while. */
    @Test
    void a_ratio_is_that_of_turns_of_the_same_round() {
        Results results = new Results();
        for (int slowness = 1; slowness <= 4; slowness++) {
            results.add(Protocol.HTTP_2, Contenders.REACTOR_NETTY, slower(BARE, slowness));
            results.add(Protocol.HTTP_2, Contenders.TASKSTOP, slower(TWICE_AS_FAST, slowness));
        }
        results.add(Protocol.HTTP_2, Contenders.REACTOR_NETTY, BARE);
        results.add(Protocol.HTTP_2, Contenders.TASKSTOP, slower(TWICE_AS_FAST, 9));

        assertThat(results.ratio(
                        Protocol.HTTP_2, Contenders.TASKSTOP, Contenders.REACTOR_NETTY, Measurement::stopsPerSecond))
                .hasValue(new Quartiles(2, 2, 2));
        assertThat(results.ratio(
                        Protocol.HTTP_1, Contenders.TASKSTOP, Contenders.REACTOR_NETTY, Measurement::stopsPerSecond))
                .isEmpty();
    }

    private static Measurement slower(Measurement turn, int slowness) {
        return new Measurement(turn.stops(), turn.seconds() * slowness, turn.cpuSeconds() * slowness, 1, 1, 1);
    }

    @Test
    void ratios_are_to_the_bare_loop() {
        Results results = results(Protocol.HTTP_2);
        results.add(Protocol.HTTP_2_TLS, Contenders.JDK, BARE);

        String markdown = new Report(results, Map.of()).markdown("Here and now.");

        assertThat(markdown)
                .contains("## HTTP/2, prior knowledge")
                .contains("| Taskstop | 20,000 | 2.00 | 2.00 – 2.00 | 40.0 | 0.80 | 10,000 | 0.50 | 10.0 |")
                .contains("| Reactor Netty, bare loop | 10,000 | 1.00 |")
                .contains("| java.net.http | – | – |")
                .contains("| java.net.http | 10,000 | – |")
                .doesNotContain("OkHttp");
    }

    @Test
    void the_limit_is_a_row_of_its_own() {
        Map<Protocol, LoadTool.Rate> limits = Map.of(Protocol.HTTP_1, new LoadTool.Rate("wrk", 30_000));

        assertThat(new Report(results(Protocol.HTTP_1), limits).markdown(""))
                .contains("| limit: wrk (reads no JSON) | 30,000 | 3.00 |");
    }

    @Test
    void goals_are_ratios_with_bounds() {
        List<Goal> goals = new Report(results(Protocol.HTTP_2), Map.of()).goals();

        assertThat(goals).extracting(Goal::bound).containsExactly(0.95, 1.1, 0.8);
        assertThat(goals).extracting(Goal::value).containsExactly(2.0, 0.8, 0.5);
        assertThat(goals).allMatch(Goal::isMet);
        assertThat(Goal.atMost(0.8, "too much", 0.81).isMet()).isFalse();
        assertThat(Goal.atLeast(0.95, "too little", 0.94).isMet()).isFalse();
    }

    @Test
    void the_rate_of_either_load_tool_is_read() throws IOException {
        assertThat(LoadTool.rate("  8421 requests in 0.50s\nRequests/sec:  16842.13\n"))
                .isEqualTo(16842.13);
        assertThat(LoadTool.rate(
                        "finished in 1.0s, 52345.60 req/s, 9MB/s\nrequests: 9 total, 9 done, 0 failed, 0 errored"))
                .isEqualTo(52345.6);
    }

    @Test
    void a_load_tool_whose_requests_fail_is_no_limit() {
        assertThatThrownBy(
                        () -> LoadTool.rate("finished in 1s, 5.0 req/s, 9MB/s\nrequests: 9 total, 3 failed, 0 errored"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> LoadTool.rate("Non-2xx or 3xx responses: 3\nRequests/sec: 9.0"))
                .isInstanceOf(IOException.class);
    }

    private static Results results(Protocol protocol) {
        Results results = new Results();
        results.add(protocol, Contenders.REACTOR_NETTY, BARE);
        results.add(protocol, Contenders.TASKSTOP, TWICE_AS_FAST);
        return results;
    }
}
