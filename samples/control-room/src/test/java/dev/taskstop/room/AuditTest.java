package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

/** What becomes of the file of the audit list, whatever others or a crash do to it. */
class AuditTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final Path file;
    private final Audit audit;

    AuditTest(@TempDir Path directory) {
        this.file = directory.resolve("logs").resolve("audit.jsonl");
        this.audit = audit();
    }

    private Audit audit() {
        return new Audit(
                new RoomProperties("ada", null, Map.of(), Duration.ofSeconds(2), 3, 5, file), new JsonMapper());
    }

    @AfterEach
    void close() {
        audit.close();
    }

    private void given(String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static void until(String problem, Audit audit) {
        StepVerifier.create(Flux.interval(Duration.ofMillis(5))
                        .filter(tick -> audit.problem().matches(problem))
                        .next())
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    private static List<AuditEntry> read(Audit audit) {
        List<List<AuditEntry>> entries = new ArrayList<>();
        StepVerifier.create(audit.newest())
                .consumeNextWith(entries::add)
                .expectComplete()
                .verify(LIMIT);
        return entries.get(0);
    }

    private static void cancel(Audit audit, int batch) {
        audit.cancelled(
                new Batch.State(batch, "x", "ada", 1, Counts.NONE, Batch.Phase.CANCELLING, "", Duration.ZERO), "ada");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{\"at\":\"2026-11-26T10:00:00Z\",\"event\":\"beg", "{}\n{\"by\":", "{}\n"})
    void what_a_crash_has_left_of_a_line_does_not_take_the_next_one_with_it(String left) throws IOException {
        given(left);

        cancel(audit, 7);
        cancel(audit, 8);
        audit.close();

        assertThat(Files.readString(file)).startsWith(left).endsWith("\n").doesNotContain("\n\n");
        assertThat(read(audit)).extracting(AuditEntry::batch).startsWith("batch 8", "batch 7");
    }

    @Test
    void what_cannot_be_written_is_told_and_written_before_what_comes_when_it_can() throws IOException {
        Files.createDirectories(file);
        cancel(audit, 1);
        cancel(audit, 2);
        until("The audit list cannot be written \\(.*\\). Entries that wait for it: 2\\.", audit);

        Files.delete(file);
        cancel(audit, 3);
        until("", audit);

        assertThat(read(audit)).extracting(AuditEntry::batch).containsExactly("batch 3", "batch 2", "batch 1");
    }

    @Test
    void what_waits_to_be_written_is_bounded_and_that_the_list_is_not_whole_is_told_for_good() throws IOException {
        Files.createDirectories(file);
        for (int batch = 1; batch <= 1_003; batch++) {
            cancel(audit, batch);
        }
        until(".* Entries that wait for it: 1,000\\. Entries that only the log has: 3\\.", audit);

        Files.delete(file);
        cancel(audit, 1_004);
        cancel(audit, 1_005);
        until("The audit list is not whole\\. Entries that only the log has: 3\\.", audit);
        audit.close();
        assertThat(Files.readAllLines(file)).hasSize(1_002).first().asString().contains("\"batch\":4,");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "5",
                "[]",
                "\"text\"",
                "{}",
                "",
                "}",
                "{\"event\":\"began\",\"tasks\":\"many\"}",
                "{\"outcome\":{\"a\":1},\"stopped\":null,\"tasks\":[]}",
                "{\"at\":5,\"by\":null,\"batch\":\"x\",\"what\":{},\"selector\":7,\"reason\":[]}",
                "{\"batch\":1e400,\"tasks\":99999999999999999999}"
            })
    void a_line_of_somebody_else_s_breaks_nothing(String line) throws IOException {
        given(line + "\n");
        cancel(audit, 7);
        audit.close();

        assertThat(read(audit)).first().extracting(AuditEntry::batch).isEqualTo("batch 7");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    {"outcome":"done","stopped":2,"tasks":1200}    | done: 2 of 1,200 stopped
                    {"event":"began","tasks":1}                    | 1 task
                    {"event":"began","tasks":2000}                 | 2,000 tasks
                    {"event":"dismissed","by":"ada","tasks":50}    | 50 tasks
                    {"event":"cancelled"}                          | ''
                    """)
    void an_outcome_is_told_in_words(String line, String outcome) throws IOException {
        given(line + "\n");
        assertThat(read(audit)).extracting(AuditEntry::outcome).containsExactly(outcome);
    }

    @Test
    void the_newest_of_a_large_file_are_read_and_nothing_turns_them_around() throws IOException {
        given("x".repeat(3 << 20) + "\n" + "{\"by\":\"a\u202Eda\",\"event\":\"\\u0007began\"}\n".repeat(300));

        List<AuditEntry> entries = read(audit);
        assertThat(entries).hasSize(Audit.SHOWN);
        assertThat(entries.get(0).by()).isEqualTo("ada");
    }

    @Test
    void two_that_write_at_once_leave_whole_lines() throws IOException {
        Audit other = audit();
        for (int batch = 0; batch < 200; batch++) {
            cancel(batch % 2 == 0 ? audit : other, batch);
        }
        audit.close();
        other.close();
        assertThat(Files.readAllLines(file)).hasSize(200).allMatch(line -> line.matches("\\{.*}"));
    }

    @Test
    void a_link_is_not_followed() throws IOException {
        Path elsewhere = file.resolveSibling("elsewhere");
        given("");
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        Files.writeString(elsewhere, "as it was", StandardOpenOption.CREATE);

        cancel(audit, 1);
        until("The audit list cannot be written .*", audit);
        assertThat(Files.readString(elsewhere)).isEqualTo("as it was");
    }
}
