package dev.taskstop;

import static dev.taskstop.Observed.REQUEST;
import static dev.taskstop.Observed.STOP;
import static dev.taskstop.Observed.high;
import static dev.taskstop.Observed.low;
import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.silence;
import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is observed of bulk stops, in virtual time. */
class ObservedBatchTest {

    private final StubTransport server = new StubTransport();
    private final Observed observed = new Observed();

    @AfterEach
    void everythingThatBeganHasEndedOnce() {
        observed.assertEverythingEndedOnce();
    }

    @Test
    void a_bulk_stop_has_an_observation_for_each_stop_that_begins() {
        server.onStop("t2", answer(404));

        observed.stopAll(
                server,
                settings -> settings,
                StopAllOptions.defaults().withDistinct(true).withOrdered(true),
                "t1",
                "t2",
                "t1",
                "t3");

        assertThat(observed.values(STOP, "outcome")).containsExactly("stopped", "not_found", "stopped");
        assertThat(observed.stopped(STOP))
                .extracting(stop -> high(stop).get("taskId"))
                .containsExactly("t1", "t2", "t3");
    }

    @Test
    void a_stop_that_waited_when_its_batch_was_aborted_is_skipped_and_the_rest_has_no_observation() {
        server.onStop(answer(401).after(Duration.ofSeconds(1)));

        List<StopResult> results = observed.stopAll(
                server,
                settings -> settings.concurrency(1),
                StopAllOptions.defaults().withConcurrency(3),
                "refused",
                "waiting-1",
                "waiting-2",
                "later",
                "last");

        assertThat(results).hasSize(5);
        assertThat(observed.values(STOP, "outcome")).containsExactlyInAnyOrder("failed", "skipped", "skipped");
        assertThat(observed.stopped(STOP))
                .filteredOn(stop -> "skipped".equals(low(stop).get("outcome")))
                .allSatisfy(skipped -> assertThat(skipped.getError()).isNull())
                .extracting(stop -> high(stop).get("taskId"))
                .containsExactlyInAnyOrder("waiting-1", "waiting-2");
    }

    @Test
    void the_deadline_of_a_batch_cancels_the_request_and_fails_the_stop() {
        server.onStop(silence());

        observed.stopAll(
                server, settings -> settings, StopAllOptions.defaults().withDeadline(Duration.ofSeconds(5)), "t1");

        assertThat(observed.values(REQUEST, "outcome")).containsExactly("cancelled");
        assertThat(observed.values(REQUEST, "status")).containsExactly("none");
        assertThat(observed.values(STOP, "outcome")).containsExactly("failed");
        assertThat(observed.ends()).containsExactly(REQUEST, STOP);
    }

    @Test
    void a_dry_run_stops_nothing_and_observes_no_stop() {
        observed.stopAll(server, settings -> settings, StopAllOptions.defaults().withDryRun(true), "t1");

        assertThat(observed.registry)
                .hasNumberOfObservationsEqualTo(1)
                .hasNumberOfObservationsWithNameEqualTo(REQUEST, 1);
    }
}
