package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** Where the reason of a bulk stop goes. */
class StopReasonTest {

    private static final String REASON = "Bad prompt\n2026-01-01 INFO all is well\u202E\u0000";
    private static final StopAllOptions OPTIONS = StopAllOptions.defaults().withReason(REASON);

    private final StubTransport server = new StubTransport();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final List<StopSummary> summaries = new CopyOnWriteArrayList<>();
    private final StopListener listener = new StopListener() {
        @Override
        public void onResult(StopResult result, @Nullable String reason) {
            heard.add(result.taskId() + " " + reason);
        }

        @Override
        public void onBulkStopEnd(StopSummary summary) {
            summaries.add(summary);
        }
    };

    @Test
    void a_listener_hears_it_with_each_result_and_at_the_end() {
        TaskClient client = server.client().stopListener(listener).build();

        Wire.values(client.stopAll(Flux.just("t1", "no/id"), OPTIONS));
        Wire.value(client.stop("t2"));
        Wire.values(client.stopAll(Flux.just("t3")));

        assertThat(heard).containsExactlyInAnyOrder("t1 " + REASON, "no/id " + REASON, "t2 null", "t3 null");
        assertThat(summaries).extracting(StopSummary::reason).containsExactly(REASON, null);
    }

    @Test
    void a_listener_that_does_not_ask_for_it_hears_the_results() {
        List<StopResult> results = new CopyOnWriteArrayList<>();
        TaskClient client = server.client()
                .stopListener(new StopListener() {
                    @Override
                    public void onResult(StopResult result) {
                        results.add(result);
                    }
                })
                .build();

        Wire.values(client.stopAll(Flux.just("t1"), OPTIONS));

        assertThat(results).hasSize(1);
    }

    @Test
    void the_observation_of_each_stop_has_it_and_no_metric_does() {
        Observed observed = new Observed();

        observed.stopAll(server, settings -> settings, OPTIONS, "t1");

        assertThat(Observed.high(observed.single(Observed.STOP))).isEqualTo(Map.of("taskId", "t1", "reason", REASON));
        assertThat(Observed.low(observed.single(Observed.STOP))).doesNotContainKey("reason");
    }

    /** A sweep that finds nothing would else say so each time. */
    @Test
    void the_log_has_it_in_one_line_unless_there_was_nothing_to_stop() {
        TaskClient client = server.client().build();
        Logger logger = (Logger) LoggerFactory.getLogger(BulkStop.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        logger.setLevel(Level.INFO);
        try {
            Wire.values(client.stopAll(Flux.empty(), OPTIONS));
            Wire.values(client.stopAll(Flux.just("t1"), OPTIONS));
        } finally {
            logger.setLevel(null);
            logger.detachAppender(lines);
        }

        assertThat(lines.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .endsWith("; reason: Bad prompt\\u000a2026-01-01 INFO all is well\\u202e\\u0000"));
    }

    @Test
    void a_summary_has_it_and_two_have_it_together_if_it_is_the_same() {
        StopSummary summary = Wire.value(
                server.client().build().stopAll(Flux.just("t1"), OPTIONS).collect(StopSummary.collector(OPTIONS)));

        assertThat(summary.reason()).isEqualTo(REASON);
        assertThat(summary.merge(summary).reason()).isEqualTo(REASON);
        assertThat(summary.merge(new StopSummary(0, 0, 0, 0, 0, 0, List.of(), Duration.ZERO))
                        .reason())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "\n\t"})
    void a_blank_is_no_reason(String text) {
        assertThatThrownBy(() -> StopAllOptions.defaults().withReason(text))
                .hasMessage("reason takes a text of 1 to 500 characters, not a blank");
    }

    @Test
    void a_reason_has_a_length() {
        assertThat(StopAllOptions.defaults().withReason("x".repeat(500)).reason())
                .hasSize(500);
        assertThatThrownBy(() -> StopAllOptions.defaults().withReason("x".repeat(501)))
                .hasMessage("reason takes a text of 1 to 500 characters, not one of 501");
    }
}
