package dev.taskstop;

import static dev.taskstop.Observed.REQUEST;
import static dev.taskstop.Observed.STOP;
import static dev.taskstop.Observed.high;
import static dev.taskstop.Observed.low;
import static dev.taskstop.StubTransport.answer;
import static dev.taskstop.StubTransport.lost;
import static dev.taskstop.StubTransport.notSent;
import static dev.taskstop.StubTransport.response;
import static dev.taskstop.StubTransport.status;
import static dev.taskstop.StubTransport.stopped;
import static io.micrometer.observation.tck.TestObservationRegistryAssert.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.StubTransport.Reply;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** What is observed of stops and requests, in virtual time. */
class ObservationTest {

    private final StubTransport server = new StubTransport();
    private final Observed observed = new Observed();

    @AfterEach
    void everythingThatBeganHasEndedOnce() {
        observed.assertEverythingEndedOnce();
    }

    private List<StopResult> stopAll(String... taskIds) {
        return observed.stopAll(server, settings -> settings, StopAllOptions.defaults(), taskIds);
    }

    @Test
    void a_stop_and_its_request_have_exactly_these_names_and_keys() {
        stopAll("t1");

        assertThat(observed.registry)
                .hasNumberOfObservationsEqualTo(2)
                .hasObservationWithNameEqualTo("taskstop.stop")
                .that()
                .hasBeenStarted()
                .hasBeenStopped()
                .hasContextualNameEqualTo("stop task")
                .doesNotHaveParentObservation()
                .doesNotHaveError();
        assertThat(low(observed.single("taskstop.stop")))
                .isEqualTo(Map.of("outcome", "stopped", "dialect", "cloud", "recovered", "false"));
        assertThat(high(observed.single("taskstop.stop"))).isEqualTo(Map.of("taskId", "t1"));

        assertThat(observed.registry)
                .hasObservationWithNameEqualTo("taskstop.request")
                .that()
                .hasBeenStarted()
                .hasBeenStopped()
                .hasContextualNameEqualTo("PATCH /api/tasks/{taskId}")
                .hasParentObservationContextMatching(parent -> parent == observed.single(STOP))
                .doesNotHaveError();
        assertThat(low(observed.single("taskstop.request")))
                .isEqualTo(Map.of(
                        "method", "PATCH", "path", "/api/tasks/{taskId}", "status", "200", "outcome", "answered"));
        assertThat(high(observed.single("taskstop.request"))).isEmpty();
    }

    @Test
    void the_documentation_names_exactly_the_keys_that_there_are() {
        observed.stopAll(server, settings -> settings, StopAllOptions.defaults().withReason("why"), "t1");

        for (TaskObservationDocumentation kind : TaskObservationDocumentation.values()) {
            Observation.Context context = observed.single(String.valueOf(kind.getName()));
            assertThat(low(context).keySet()).containsExactlyInAnyOrder(names(kind.getLowCardinalityKeyNames()));
            assertThat(high(context).keySet()).containsExactlyInAnyOrder(names(kind.getHighCardinalityKeyNames()));
        }
    }

    private static String[] names(KeyName... keys) {
        return Arrays.stream(keys).map(KeyName::asString).toArray(String[]::new);
    }

    record Row(String outcome, boolean recovered, boolean error, Reply status, List<Reply> stops) {
        @Override
        public String toString() {
            return outcome + (recovered ? ", recovered" : "");
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row("stopped", false, false, status("processing"), List.of(stopped())),
                new Row("stopped", false, false, status("processing"), List.of(lost(), stopped())),
                new Row("stopped", true, false, status("stopped"), List.of(lost(), answer(400))),
                new Row("already_ended", false, false, status("completed"), List.of(answer(400))),
                new Row("not_found", false, false, status("processing"), List.of(answer(404))),
                new Row("failed", false, true, status("processing"), List.of(answer(401))),
                new Row("failed", false, true, status("processing"), List.of(answer(500))),
                new Row("failed", false, true, status("pending"), List.of(answer(400))));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void every_outcome_is_told_and_only_a_failure_has_an_error(Row row) {
        server.onStop(row.stops().toArray(Reply[]::new)).onStatus(row.status());

        StopResult result = stopAll("t1").get(0);

        Observation.Context stop = observed.single(STOP);
        assertThat(low(stop))
                .isEqualTo(Map.of(
                        "outcome", row.outcome(), "dialect", "cloud", "recovered", Boolean.toString(row.recovered())));
        assertThat(stop.getError()).isSameAs(result instanceof Failed failed ? failed.error() : null);
        assertThat(stop.getError() != null).isEqualTo(row.error());
        assertThat(observed.stopped(REQUEST))
                .hasSize(server.requests.size())
                .allSatisfy(request -> assertThat(Observed.parent(request)).isSameAs(stop));
    }

    @Test
    void a_single_stop_that_gives_an_error_is_observed_as_its_outcome() {
        server.onStop(answer(404));

        Wire.failure(
                server.client().observationRegistry(observed.registry).build().stop("t1"));

        assertThat(observed.values(STOP, "outcome")).containsExactly("not_found");
        assertThat(observed.single(STOP).getError()).isNull();
    }

    @Test
    void each_attempt_is_a_request_of_one_stop() {
        server.onStop(lost(), notSent(), answer(503), stopped());

        stopAll("t1");

        assertThat(observed.registry)
                .hasNumberOfObservationsWithNameEqualTo(STOP, 1)
                .hasNumberOfObservationsWithNameEqualTo(REQUEST, 4);
        assertThat(observed.values(REQUEST, "status")).containsExactly("none", "none", "503", "200");
        assertThat(observed.values(REQUEST, "outcome"))
                .containsExactly("no_answer", "not_sent", "answered", "answered");
        assertThat(observed.stopped(REQUEST))
                .extracting(request -> request.getError() != null)
                .containsExactly(true, true, false, false);
        assertThat(observed.values(STOP, "outcome")).containsExactly("stopped");
    }

    @Test
    void the_question_for_the_status_is_a_request_of_the_stop_too() {
        server.onStop(answer(400)).onStatus(status("completed"));

        stopAll("t1");

        assertThat(observed.values(REQUEST, "method")).containsExactly("PATCH", "GET");
        assertThat(observed.values(REQUEST, "path"))
                .containsExactly("/api/tasks/{taskId}", "/api/tasks/{taskId}/status");
    }

    @Test
    void a_question_for_a_status_alone_is_a_request_and_no_stop() {
        Wire.value(
                server.client().observationRegistry(observed.registry).build().status("t1"));

        assertThat(observed.registry).hasNumberOfObservationsEqualTo(1);
        assertThat(observed.values(REQUEST, "method")).containsExactly("GET");
        assertThat(observed.single(REQUEST).getParentObservation()).isNull();
    }

    @Test
    void a_status_of_no_three_digits_makes_no_time_series_of_its_own() {
        server.onStop("a", answer(799))
                .onStop("b", answer(100_001))
                .onStop("c", answer(-7))
                .onStop("d", answer(99));

        stopAll("a", "b", "c", "d");

        assertThat(observed.values(REQUEST, "status")).containsOnly("799", "other", "200");
    }

    @Test
    void an_answer_that_cannot_be_read_is_an_answer_and_a_failed_stop() {
        server.onStop(answer(200, "<html>"));

        stopAll("t1");

        assertThat(observed.values(REQUEST, "outcome")).containsOnly("answered");
        assertThat(observed.stopped(REQUEST))
                .extracting(Observation.Context::getError)
                .containsOnlyNulls();
        assertThat(observed.single(STOP).getError()).isInstanceOf(TaskDecodingException.class);
    }

    @Test
    void an_id_that_cannot_be_one_is_a_failed_stop_without_an_id() {
        stopAll("bad/user@example.com");

        assertThat(observed.registry).hasNumberOfObservationsEqualTo(1);
        assertThat(observed.values(STOP, "outcome")).containsExactly("failed");
        assertThat(high(observed.single(STOP))).isEmpty();
    }

    @Test
    void the_other_dialect_has_its_own_name_and_paths() {
        TaskTransport v1 = request -> Mono.just(response(200, "{\"status\":\"cancelled\"}"));

        observed.stopAll(
                server,
                settings -> settings.dialect(TaskDialect.agentV1()).transport(v1),
                StopAllOptions.defaults(),
                "t1");

        assertThat(observed.values(STOP, "dialect")).containsExactly("agent_v1");
        assertThat(observed.values(REQUEST, "path")).containsExactly("/api/v1/tasks/{taskId}");
    }

    @Test
    void a_log_stream_which_may_be_open_for_hours_is_not_observed() {
        StubLogs logs = new StubLogs(StubLogs.open(StubLogs.connected() + StubLogs.complete("completed")));

        Wire.values(logs.client().observationRegistry(observed.registry).build().logs("t1"));

        assertThat(logs.openedFrom).hasSize(1);
        assertThat(observed.registry).doesNotHaveAnyObservation();
    }

    @Test
    void as_metrics_they_have_the_same_tags_whatever_happens_and_no_id() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        observed.registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        server.onStop("t1", lost(), stopped()).onStop("t2", answer(404)).onStop("t3", answer(409));

        stopAll("t1", "t2", "t3", "bad/id");

        assertThat(meters.find(STOP).timers())
                .hasSize(4)
                .allSatisfy(timer ->
                        assertThat(tags(timer)).containsExactlyInAnyOrder("outcome", "dialect", "recovered", "error"));
        assertThat(meters.find(REQUEST).timers())
                .hasSize(4)
                .allSatisfy(timer -> assertThat(tags(timer))
                        .containsExactlyInAnyOrder("method", "path", "status", "outcome", "error"));
        assertThat(meters.getMeters())
                .noneMatch(meter -> meter.getId().toString().contains("t1"));
    }

    private static List<String> tags(Timer timer) {
        return timer.getId().getTags().stream().map(Tag::getKey).toList();
    }

    @Test
    void a_request_with_another_key_is_a_request_of_the_same_stop() {
        server.onStop(answer(401), stopped());
        Iterator<String> keys = List.of("bb_old", "bb_new").iterator();

        observed.stopAll(
                server,
                settings -> settings.apiKey(() -> Mono.fromSupplier(keys::next)),
                StopAllOptions.defaults(),
                "t1");

        assertThat(observed.values(REQUEST, "status")).containsExactly("401", "200");
        assertThat(observed.values(STOP, "outcome")).containsExactly("stopped");
    }
}
