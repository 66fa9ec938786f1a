package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskState;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

class CheckpointTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path directory = Path.of("");

    private Path file = Path.of("");
    private Path failedFile = Path.of("");

    @BeforeEach
    void nameFiles() {
        file = directory.resolve("checkpoint");
        failedFile = directory.resolve("checkpoint.failed");
    }

    @Test
    void a_run_goes_on_after_the_finished_prefix() throws IOException {
        run("a b c d", done("a"), done("b"));

        assertThat(left("a b c d")).containsExactly("c", "d");
        assertThat(failedFile).doesNotExist();
    }

    @Test
    void what_is_written_outlives_a_process_that_does_not_close_it() throws IOException {
        Checkpoint abandoned = open("a b c");
        abandoned.add(done("a"));
        abandoned.add(failed("b"));

        Path copy = directory.resolve("copy");
        Files.copy(file, copy);
        Files.copy(failedFile, directory.resolve("copy.failed"));
        try (Checkpoint next = Checkpoint.open(copy, false)) {
            assertThat(list(next, "a b c")).containsExactly("b", "c");
        }
        abandoned.close();
    }

    @Test
    void nothing_after_a_skipped_id_counts_as_finished() throws IOException {
        run("a b c", done("a"), new Skipped("b", Skipped.Reason.ABORTED), done("c"));

        assertThat(left("a b c")).containsExactly("b", "c");
    }

    @Test
    void ids_that_failed_come_first_in_the_next_run_until_they_succeed() throws IOException {
        run("a b c d", failed("a"), done("b"), failed("c"));
        assertThat(failedFile).hasContent("a\nc\n");

        run("a b c d", done("a"), failed("c"), failed("d"));
        assertThat(failedFile).hasContent("c\nd\n");

        run("a b c d", done("c"));
        assertThat(left("a b c d")).containsExactly("d");

        run("a b c d", done("d"));
        assertThat(left("a b c d")).isEmpty();
        assertThat(failedFile).doesNotExist();
    }

    @Test
    void ids_that_are_not_found_are_not_finished_before_one_is_found() throws IOException {
        run("a b c", new NotFound("a"), new NotFound("b"), new NotFound("c"));
        assertThat(left("a b c")).containsExactly("a", "b", "c");

        run("a b c", new NotFound("a"), done("b"), new NotFound("c"));
        assertThat(left("a b c")).isEmpty();

        Files.delete(file);
        try (Checkpoint allowed = Checkpoint.open(file, true)) {
            list(allowed, "a b c");
            allowed.add(new NotFound("a"));
        }
        assertThat(left("a b c")).containsExactly("b", "c");
    }

    @Test
    void other_ids_are_refused() throws IOException {
        run("a b c d", done("a"), done("b"));

        for (String other : List.of("b a c d", "a x c d", "a", "ab c d")) {
            assertThatThrownBy(() -> left(other))
                    .isInstanceOf(Checkpoint.WrongCheckpointException.class)
                    .hasMessageContaining("belongs to other ids: the first 2 are not");
        }
        assertThat(left("a b longer")).containsExactly("longer");
    }

    @Test
    void a_write_that_was_torn_leaves_the_one_before() throws IOException {
        Checkpoint abandoned = open("a b c");
        abandoned.add(done("a"));
        abandoned.add(done("b"));
        String written = Files.readString(file);
        abandoned.close();
        String place = "change 000000000000000";

        Files.writeString(file, written.replace(place + "3 finished 0", place + "3 finished 9"));
        assertThat(left("a b c")).containsExactly("b", "c");

        Files.writeString(file, written.substring(5));
        assertThatThrownBy(() -> left("a b c")).hasMessageContaining("is not a checkpoint");

        Files.writeString(file, written.replace(place + "2 finished 0", place + "2 finished 9"));
        assertThat(left("a b c")).containsExactly("c");
    }

    @Test
    void half_an_id_at_the_end_of_the_failed_ones_is_dropped() throws IOException {
        run("a b c", failed("a"));
        Files.writeString(failedFile, "a\nhal");

        assertThat(left("a b c")).containsExactly("a", "b", "c");
    }

    @Test
    void a_file_of_somebody_else_is_left_as_it_is() throws IOException {
        Files.writeString(file, "important\n");

        assertThatThrownBy(() -> Checkpoint.open(file, false))
                .isInstanceOf(Checkpoint.WrongCheckpointException.class)
                .hasMessageContaining("is not a checkpoint");
        assertThat(file).hasContent("important\n");
        assertThat(failedFile).doesNotExist();
    }

    @Test
    void ids_that_failed_without_a_checkpoint_are_left_as_they_are() throws IOException {
        Files.writeString(failedFile, "mine\n");

        assertThatThrownBy(() -> Checkpoint.open(file, false))
                .hasMessageContaining("checkpoint.failed is there without");
        assertThat(failedFile).hasContent("mine");
    }

    private void run(String ids, StopResult... results) throws IOException {
        try (Checkpoint checkpoint = open(ids)) {
            for (StopResult result : results) {
                checkpoint.add(result);
            }
        }
    }

    private Checkpoint open(String ids) throws IOException {
        Checkpoint checkpoint = Checkpoint.open(file, false);
        list(checkpoint, ids);
        return checkpoint;
    }

    private List<String> left(String ids) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file, false)) {
            return list(checkpoint, ids);
        }
    }

    private static List<String> list(Checkpoint checkpoint, String ids) throws IOException {
        IdReader input = IdReader.of(new StringReader(ids));
        return checkpoint.left(input).collectList().blockOptional(PATIENCE).orElseThrow();
    }

    private static StopResult done(String id) {
        return new AlreadyEnded(id, TaskState.of("completed"));
    }

    private static StopResult failed(String id) {
        Flux<StopResult> noId = TaskClient.builder().apiKey("key").build().stopAll(Flux.just("/"));
        return new Failed(id, ((Failed) noId.next().blockOptional(PATIENCE).orElseThrow()).error());
    }
}
