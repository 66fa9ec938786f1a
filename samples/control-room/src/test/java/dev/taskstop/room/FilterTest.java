package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskDialect;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.NewTask;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What an address selects of the tasks of a server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FilterTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final NewTask oldTask = NewTask.defaults()
            .withPrompt("Fix the bill")
            .withAgent("claude", "opus")
            .withRepository("https://github.com/Shop/billing", "main")
            .withBatch("b-1")
            .withCreator("Ada")
            .withCreatedAt(Instant.now().minus(Duration.ofHours(7)));
    private final NewTask youngTask = NewTask.defaults()
            .withPrompt("Write tests")
            .withAgent("codex", "gpt")
            .withRepository("https://github.com/tools/ci", "dev");

    private final TaskServer server = TaskServer.start(TaskServerOptions.defaults());
    private final TaskClient client = client(TaskDialect.cloud());
    private final TaskClient clientOfV1 = client(TaskDialect.agentV1());
    private final String old = create(oldTask, Status.SAVING);
    private final String young = create(youngTask, Status.PROCESSING);

    /** One of the same branch as the old one, and newer. */
    private final String newer = create(
            oldTask.withPrompt("Again")
                    .withAgent("gemini", "pro")
                    .withBatch("b-2")
                    .withCreator("Bob")
                    .withCreatedAt(null),
            Status.PROCESSING);

    private TaskClient client(TaskDialect dialect) {
        return TaskClient.builder()
                .baseUrl(server.baseUrl())
                .apiKey(server.key())
                .dialect(dialect)
                .build();
    }

    private String create(NewTask task, Status status) {
        return server.createTask(TaskServerOptions.DEFAULT_USER, task, Lifecycle.staysIn(status));
    }

    @AfterAll
    void stop() {
        StepVerifier.create(Flux.merge(client.closeAsync(), clientOfV1.closeAsync()))
                .expectComplete()
                .verify(LIMIT);
        server.close();
    }

    static Filter filter(String query) {
        return Filter.of(
                UriComponentsBuilder.fromUriString("/?" + query).build().getQueryParams());
    }

    private void passing(String query, String... ids) {
        StepVerifier.create(
                        filter(query).list(client).map(task -> task.taskId()).collectList())
                .assertNext(passing -> assertThat(passing).containsExactlyInAnyOrder(ids))
                .expectComplete()
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text=BILL&state=saving",
                "text=Shop/Billing&older=6h",
                "state=Saving",
                "agent=claude",
                "model=opus",
                "batch=b-1",
                "creator=Ada",
                "prompt=the BILL",
                "older=6h",
                "older=6 h&state=saving",
                "superseded=branch",
                "repository=shop/billing&state=saving",
                "repository=git@github.com:shop/billing.git&superseded=branch",
                "branch=main&older=1h"
            })
    void each_filter_lets_through_what_matches_and_nothing_else(String query) {
        passing(query, old);
        assertThat(filter(query).isEmpty()).isFalse();
        assertThat(filter(query).sentence()).isNotEmpty();
    }

    @Test
    void a_time_of_creation_is_told_with_its_zone() {
        String hourAgo = Instant.now().minus(Duration.ofHours(1)).toString();
        passing("before=" + hourAgo, old);
        passing("before=" + hourAgo.replace("Z", "+00:00").replace("T", "t"), old);
        passing("before=2001-01-01T00:00-12:00");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
                    older=abc,                  older takes a number and a unit
                    older=-1h,                  older takes
                    older=6,                    older takes
                    older=0s,                   olderThan
                    older=99999999d,            olderThan
                    before=yesterday,           before takes a time with its zone
                    before=2026-11-25T18:00,    before takes a time with its zone
                    repository=two words,       repository takes an address
                    repo=shop,                  no filter named repo
                    state=done,                 state takes
                    superseded=yes,             superseded takes branch
                    agent=a&agent=b,            agent is given more than once
                    sort=size,                  sort takes
                    """)
    void what_cannot_be_understood_lets_nothing_through_and_is_told(String query, String problem) {
        passing(query);
        assertThat(filter(query).isEmpty()).isFalse();
        assertThat(filter(query).problem()).contains(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text=", "older=", "page=abc", "sort=oldest"})
    void what_is_empty_lets_all_through(String query) {
        passing(query, old, young, newer);
        assertThat(filter(query).isEmpty()).isTrue();
        assertThat(filter(query).selection()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"repository=shop/billing", "branch=main", "agent=claude", "creator=Ada", "prompt=bill"})
    void what_the_lists_of_an_api_do_not_tell_is_refused_and_not_taken_for_all(String query) {
        StepVerifier.create(filter(query).list(clientOfV1))
                .expectErrorSatisfies(refused -> assertThat(refused)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessageContaining("Agent API v1"))
                .verify(LIMIT);
    }

    @ParameterizedTest
    @CsvSource({"SAVING,saving", "queued,pending", "running,processing", "in_progress,processing", "done,done"})
    void the_form_shows_a_state_whichever_word_the_address_has_for_it(String word, String shown) {
        assertThat(filter("state=" + word).value("state")).isEqualTo(shown);
    }

    @Test
    void every_order_has_every_row_once_and_what_does_not_tell_its_age_comes_last() {
        Instant now = Instant.now();
        TaskRow first = row("first", now.minusSeconds(60), "b", 70);
        TaskRow second = row("second", now, "a", 0);
        List<TaskRow> rows = List.of(TaskRow.unknown("unknown"), second, first);
        assertThat(filter("").sort(rows)).extracting(TaskRow::id).containsExactly("first", "second", "unknown");
        assertThat(filter("sort=newest").sort(rows))
                .extracting(TaskRow::id)
                .containsExactly("second", "first", "unknown");
        Stream.of("oldest", "newest", "task", "agent", "repository", "state", "progress")
                .forEach(order ->
                        assertThat(filter("sort=" + order).sort(rows)).containsExactlyInAnyOrderElementsOf(rows));
        assertThat(filter("sort=progress").sort(rows)).startsWith(first);
        assertThat(filter("sort=task").sort(rows))
                .as("what has no prompt is called by its id")
                .extracting(TaskRow::name)
                .containsExactly("a", "b", "unknown");
    }

    private static TaskRow row(String id, Instant createdAt, String prompt, int progress) {
        return new TaskRow(id, "processing", progress, createdAt, "", prompt, "", "", false);
    }
}
