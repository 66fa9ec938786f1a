package dev.taskstop;

import static dev.taskstop.StubTasks.NOW;
import static dev.taskstop.StubTasks.ids;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Which tasks a query picks out, and which queries a dialect refuses. */
class ListSelectorTest {

    private final StubTasks server = new StubTasks();

    /** A query of each kind, and the member of an item that it is about, with a value that matches and one that does not. */
    private record Case(TaskQuery query, String member, String matching, String other) {}

    private static final Map<ListSelector, Case> CASES = new EnumMap<>(Map.of(
            ListSelector.REPOSITORY,
                    new Case(
                            TaskQuery.active().withRepository("acme/web"),
                            "repoUrl",
                            "https://github.com/acme/web.git",
                            "https://github.com/acme/website.git"),
            ListSelector.BRANCH, new Case(TaskQuery.active().withBranch("main"), "selectedBranch", "main", "Main"),
            ListSelector.AGENT, new Case(TaskQuery.active().withAgent("claude"), "selectedAgent", "claude", "claude2"),
            ListSelector.BATCH, new Case(TaskQuery.active().withBatch("b1"), "batchId", "b1", "b11"),
            ListSelector.CREATOR, new Case(TaskQuery.active().withCreator("Ann"), "creatorName", "Ann", "Anna"),
            ListSelector.PROMPT,
                    new Case(
                            TaskQuery.active().withPrompt("straße (1)"),
                            "prompt",
                            "Die STRAßE (1) auf",
                            "die straße 1"),
            ListSelector.CHAT, new Case(TaskQuery.active().withChatId("c1"), "chatId", "c1", "c2"),
            ListSelector.OLDER_THAN,
                    new Case(
                            TaskQuery.active().olderThan(Duration.ofHours(6)),
                            "createdAt",
                            "2026-03-04T03:59:59.999Z",
                            "2026-03-04T04:00:00.000Z"),
            ListSelector.CREATED_BEFORE,
                    new Case(
                            TaskQuery.active().createdBefore(Instant.parse("2026-03-04T04:00:00Z")),
                            "createdAt",
                            "2026-03-04T03:59:59.999Z",
                            "2026-03-04T04:00:00.000Z"),
            ListSelector.MODEL, new Case(TaskQuery.active().withModel("m-1"), "selectedModel", "m-1", "m-10")));

    private static final Map<TaskDialect, Set<ListSelector>> REFUSED = Map.of(
            TaskDialect.cloud(),
            EnumSet.of(ListSelector.CHAT),
            TaskDialect.agentV1(),
            EnumSet.of(
                    ListSelector.REPOSITORY,
                    ListSelector.BRANCH,
                    ListSelector.AGENT,
                    ListSelector.BATCH,
                    ListSelector.CREATOR,
                    ListSelector.PROMPT));

    private static String member(TaskDialect dialect, Case given) {
        return dialect == TaskDialect.agentV1() ? given.member().replace("selectedModel", "model") : given.member();
    }

    @ParameterizedTest
    @EnumSource
    void what_matches_is_picked_out_and_what_does_not_match_or_is_not_told_is_not(ListSelector selector) {
        Case given = Objects.requireNonNull(CASES.get(selector));
        REFUSED.forEach((dialect, refused) -> {
            if (!refused.contains(selector)) {
                server.active.clear();
                String member = member(dialect, given);
                server.add("other", member, given.other())
                        .add("match", member, given.matching())
                        .add("untold")
                        .add("empty", member, "")
                        .add("match2", member, given.matching());

                assertThat(ids(server.client(dialect).list(given.query()))).containsExactly("match", "match2");
                assertThat(Wire.values(server.client(dialect).stopActive(given.query(), StopAllOptions.defaults())))
                        .hasOnlyElementsOfType(Stopped.class)
                        .extracting(StopResult::taskId)
                        .containsExactly("match", "match2");
                assertThat(server.active.keySet()).containsExactly("other", "untold", "empty");
            }
        });
    }

    @ParameterizedTest
    @EnumSource
    void what_a_dialects_lists_never_tell_is_refused_by_name_before_anything_is_sent(ListSelector selector) {
        TaskQuery query = Objects.requireNonNull(CASES.get(selector)).query();
        REFUSED.forEach((dialect, refused) -> {
            if (refused.contains(selector)) {
                TaskClient client = server.client(dialect);
                for (Flux<?> call : List.<Flux<?>>of(
                        client.list(query),
                        client.stopActive(query, StopAllOptions.defaults()),
                        client.stopActive(query, StopAllOptions.defaults().withDryRun(true)),
                        client.sweep(query, Duration.ofSeconds(1), StopAllOptions.defaults()))) {
                    StepVerifier.create(call)
                            .expectErrorSatisfies(error -> assertThat(error)
                                    .isInstanceOf(UnsupportedOperationException.class)
                                    .hasMessageContaining("it takes no " + selector.method))
                            .verify(Wire.LIMIT);
                }
                assertThat(server.pages).isEmpty();
            }
        });
    }

    @Test
    void all_conditions_have_to_hold_and_of_two_of_a_kind_the_later_one_counts() {
        server.add("a", "selectedAgent", "claude", "selectedBranch", "main")
                .add("b", "selectedAgent", "claude", "selectedBranch", "dev")
                .add("c", "selectedAgent", "codex", "selectedBranch", "main");
        TaskQuery claude = TaskQuery.active().withAgent("claude");

        assertThat(ids(server.client().build().list(claude.withBranch("main")))).containsExactly("a");
        assertThat(ids(server.client().build().list(claude.withAgent("codex")))).containsExactly("c");
        assertThat(ids(server.client().build().list(claude))).containsExactly("a", "b");
    }

    @Test
    void conditions_of_ones_own_all_have_to_hold() {
        server.add("ab").add("a").add("b");
        TaskQuery query = TaskQuery.active()
                .matching(task -> task.taskId().contains("a"))
                .matching(task -> task.taskId().contains("b"));

        assertThat(ids(server.client().build().list(query))).containsExactly("ab");
    }

    @Test
    void the_server_picks_out_what_it_can_and_a_batch_is_one_of_batches() {
        TaskClient client = server.add("a", "batchId", "b1").client().build();

        assertThat(ids(client.list(TaskQuery.active().withBatch("b1")))).containsExactly("a");
        assertThat(ids(client.list(TaskQuery.active().withBatch("b1").withKind(TaskQuery.Kind.TASKS))))
                .containsExactly("a");
        assertThat(server.pages)
                .containsExactly(
                        "offset=0&limit=100&filter=batch&status=active",
                        "offset=0&limit=100&filter=tasks&status=active");
    }

    @Test
    void all_pages_are_measured_at_the_moment_of_the_first_also_when_the_list_is_read_again() {
        for (int i = 0; i < 250; i++) {
            server.add(
                    "t" + i,
                    "createdAt",
                    NOW.minusSeconds(3600 + (i % 2 == 0 ? 1 : -1)).toString());
        }
        // A minute passes before each further page, after which the younger ones are older than an hour, too.
        server.beforeEachPage =
                () -> server.now = server.pages.isEmpty() ? NOW : NOW.plusSeconds(60L * server.pages.size());

        List<StopResult> results = Wire.values(server.client()
                .build()
                .stopActive(TaskQuery.active().olderThan(Duration.ofHours(1)), StopAllOptions.defaults()));

        assertThat(results).hasSize(125).hasOnlyElementsOfType(Stopped.class);
    }

    @Test
    void an_age_is_measured_by_the_servers_clock_and_only_without_it_by_this_machines() {
        server.add("a", "createdAt", "2026-03-04T09:59:00.000Z");
        TaskQuery query = TaskQuery.active().olderThan(Duration.ofSeconds(59));

        StepVerifier.withVirtualTime(() -> server.client().build().list(query))
                .expectNextCount(1)
                .expectComplete()
                .verify(Wire.LIMIT);
        server.now = null;
        // Virtual time begins in 1970.
        StepVerifier.withVirtualTime(() -> server.client().build().list(query))
                .expectComplete()
                .verify(Wire.LIMIT);
        assertThat(ids(server.client().build().list(query.olderThan(Duration.ofDays(36_500)))))
                .isEmpty();
    }

    @Test
    void a_preview_names_what_then_is_stopped() {
        for (int i = 0; i < 300; i++) {
            server.add("t" + i, "selectedAgent", i % 3 == 0 ? "claude" : "codex");
        }
        TaskQuery query = TaskQuery.active().withAgent("claude");
        TaskClient client = server.client().build();

        List<StopResult> preview =
                Wire.values(client.stopActive(query, StopAllOptions.defaults().withDryRun(true)));
        assertThat(server.stops).isEmpty();
        List<StopResult> stopped = Wire.values(client.stopActive(query, StopAllOptions.defaults()));

        assertThat(preview)
                .hasSize(100)
                .allSatisfy(
                        result -> assertThat(result).isEqualTo(new Skipped(result.taskId(), Skipped.Reason.DRY_RUN)));
        assertThat(stopped)
                .extracting(StopResult::taskId)
                .containsExactlyInAnyOrderElementsOf(
                        preview.stream().map(StopResult::taskId).toList());
    }

    @Test
    void a_list_that_repeats_itself_ends_although_nothing_matches() {
        String page = "{\"tasks\":[{\"id\":\"t1\",\"status\":\"saving\"}],\"hasMore\":true}";
        TaskClient client = TaskClient.builder()
                .apiKey(Wire.KEY)
                .transport(request -> Mono.fromSupplier(() -> StubTransport.response(200, page)))
                .build();

        assertThat(Wire.values(client.stopActive(TaskQuery.active().withAgent("claude"), StopAllOptions.defaults())))
                .isEmpty();
    }

    @Test
    void values_that_cannot_be_meant_are_refused_with_what_is_taken() {
        TaskQuery query = TaskQuery.all();

        assertThatThrownBy(() -> query.withBranch(" ")).hasMessage("branch takes the name of a branch, not a blank");
        assertThatThrownBy(() -> query.withAgent("")).hasMessage("agent takes the name of an agent, not a blank");
        assertThatThrownBy(() -> query.withModel("")).hasMessage("model takes the name of a model, not a blank");
        assertThatThrownBy(() -> query.withBatch("")).hasMessage("batchId takes the id of a batch, not a blank");
        assertThatThrownBy(() -> query.withCreator("\t")).hasMessage("creator takes the name of a person, not a blank");
        assertThatThrownBy(() -> query.withPrompt("")).hasMessage("prompt takes a part of a prompt, not a blank");
        assertThatThrownBy(() -> query.withChatId("")).hasMessage("chatId takes the id of a chat, not a blank");
        assertThatThrownBy(() -> query.olderThan(Duration.ZERO))
                .hasMessage("olderThan takes a duration above zero, not PT0S");
        assertThatThrownBy(() -> query.olderThan(Duration.ofDays(36_501)))
                .hasMessageContaining("olderThan takes at most 36500 days");
    }

    @Test
    void queries_do_not_change_and_their_text_has_no_personal_data() {
        TaskQuery active = TaskQuery.active();
        List<TaskQuery> more = new ArrayList<>();
        CASES.values().forEach(given -> more.add(given.query()));
        active.matching(task -> false).superseded(TaskSummary::agent);
        TaskQuery many = TaskQuery.all()
                .withCreator("Ann Example")
                .withPrompt("secret plan")
                .withRepository("https://u:p4ss@github.com/acme/web")
                .withBranch("a\nb")
                .olderThan(Duration.ofHours(6))
                .withKind(TaskQuery.Kind.BATCH)
                .matching(task -> true)
                .superseded(TaskSummary::branch);

        assertThat(active).hasToString("TaskQuery[active]");
        assertThat(active.selectors()).isEmpty();
        assertThat(active.groupBy()).isNull();
        assertThat(more).allSatisfy(query -> assertThat(query.selectors()).hasSize(1));
        assertThat(many)
                .hasToString("TaskQuery[kind=batch, withRepository=github.com/acme/web, withBranch=a\\u000ab,"
                        + " withCreator=…, withPrompt=…, olderThan=PT6H, matching=…, superseded=…]");
    }
}
