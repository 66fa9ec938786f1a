package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.room.Failures.Failure;
import dev.taskstop.room.Room.Gate;
import dev.taskstop.room.Room.View;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.thymeleaf.spring6.SpringWebFluxTemplateEngine;
import org.thymeleaf.templatemode.TemplateMode;
import org.thymeleaf.templateresolver.ClassLoaderTemplateResolver;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What is sent to a page, as HTML. */
class PageUpdatesTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final TaskRow ROW =
            new TaskRow("t-1", "processing", 5, Instant.EPOCH, "3 s", "a prompt", "claude", "shop/cart", false);

    private final Room room = mock();

    private List<String> sent(View... views) {
        ClassLoaderTemplateResolver resolver = new ClassLoaderTemplateResolver();
        resolver.setPrefix("templates/");
        resolver.setSuffix(".html");
        resolver.setTemplateMode(TemplateMode.HTML);
        resolver.setCharacterEncoding("UTF-8");
        SpringWebFluxTemplateEngine engine = new SpringWebFluxTemplateEngine();
        engine.setTemplateResolver(resolver);
        when(room.views(any())).thenReturn(Flux.fromArray(views));
        List<String> sent = new ArrayList<>();
        StepVerifier.create(new PageUpdates(room, engine).of(Filter.ALL))
                .recordWith(() -> sent)
                .thenConsumeWhile(html -> true)
                .expectComplete()
                .verify(LIMIT);
        return sent;
    }

    private static View view(TaskRow... rows) {
        return view(List.of(), List.of(), 0, rows);
    }

    private static View view(List<Batch.State> batches, List<Failure> failures, long dropped, TaskRow... rows) {
        return new View(
                new TaskRows(List.of(rows), false, "", 0),
                new Gate(0, 8, 8, 0, 0),
                batches,
                failures,
                dropped,
                Collections.nCopies(60, 0L),
                List.of(),
                1,
                "",
                "");
    }

    @Test
    void whatever_changes_of_a_row_is_shown() {
        List<TaskRow> changed = List.of(
                new TaskRow("t-1", "saving", 5, Instant.EPOCH, "3 s", "a prompt", "claude", "shop/cart", false),
                new TaskRow("t-1", "processing", 97, Instant.EPOCH, "3 s", "a prompt", "claude", "shop/cart", false),
                new TaskRow("t-1", "processing", 5, Instant.EPOCH, "97 s", "a prompt", "claude", "shop/cart", false),
                new TaskRow("t-1", "processing", 5, Instant.EPOCH, "3 s", "another", "claude", "shop/cart", false),
                new TaskRow("t-1", "processing", 5, Instant.EPOCH, "3 s", "a prompt", "codex", "shop/cart", false),
                new TaskRow("t-1", "processing", 5, Instant.EPOCH, "3 s", "a prompt", "claude", "shop/bill", false),
                ROW.asStopping());
        List<String> shown = List.of("saving", "97 %", "97 s", "another", "codex", "shop/bill", "stopping");
        for (int i = 0; i < changed.size(); i++) {
            List<String> sent = sent(view(ROW), view(changed.get(i)));
            assertThat(sent).hasSize(2);
            assertThat(sent.get(1)).contains(shown.get(i));
        }
        assertThat(sent(view(ROW), view(ROW))).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"><img src=x onerror=alert(1)>",
                "' onclick='alert(1)",
                "a\revent: ended\rdata: x",
                "a\r\n\r\nevent: ended\n\n",
                "{{7*7}} ${7*7} [[${7*7}]] *{7*7} ~{::x} __${7*7}__",
                "\uD83D\uDE00\u200D\uD83D\uDCBB",
                "javascript:alert(1)"
            })
    void no_text_of_others_is_more_than_text_wherever_it_stands(String text) {
        TaskRow row = new TaskRow(text, text, 5, null, "", text, text, text, false);
        Batch.State batch =
                new Batch.State(1, text, text, 2, Counts.NONE, Batch.Phase.RUNNING, text, Duration.ofSeconds(1));
        Failure failure = new Failure(row, Instant.EPOCH, text);

        String html = sent(view(List.of(batch), List.of(failure), 0, row)).get(0);

        assertThat(html).doesNotContain("\r", "<script", "<img", "onclick='", ">49", "href=\"javascript");
        assertThat(html.replace("&#39;", "'").replace("&quot;", "\"").replace("&#13;", "\r"))
                .contains(text.replace("<", "&lt;").replace(">", "&gt;").replace("&amp;", "&"));
    }

    @Test
    void a_word_for_a_state_that_only_the_server_knows_is_no_class_of_the_page() {
        for (String word : List.of("busy", "cancelling", "danger", "unseen")) {
            TaskRow row = new TaskRow("t", word, 0, null, "", "", "", "", false);
            assertThat(sent(view(row)).get(0)).doesNotContain("badge " + word).contains(">" + word + "<");
        }
        assertThat(sent(view(ROW)).get(0)).contains("badge processing");
    }

    @Test
    void an_answer_for_every_task_is_claimed_only_where_there_is_one() {
        Failure failure = new Failure(ROW, Instant.EPOCH, "It failed.");
        String none = "Every task that was to be stopped has an answer.";

        assertThat(sent(view()).get(0)).contains(none).doesNotContain("dismiss-all");
        assertThat(sent(view(List.of(), List.of(failure), 0)).get(0)).doesNotContain(none, "dismiss-all");
        List<String> changes = sent(view(List.of(), List.of(failure), 250), view(List.of(), List.of(), 250), view());
        assertThat(changes.get(0)).contains("250 tasks that failed earlier are not listed", "dismiss-all");
        assertThat(changes.get(1))
                .contains("250 tasks that failed earlier are not listed", "dismiss-all")
                .doesNotContain(none, "again-all");
        assertThat(changes.get(2)).contains(none);
    }
}
