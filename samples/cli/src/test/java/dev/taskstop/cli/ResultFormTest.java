package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskState;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResultFormTest {

    static List<Arguments> results() {
        return List.of(
                Arguments.of(
                        new AlreadyEnded("a", TaskState.of("completed")),
                        "a already-ended (completed)",
                        "{\"taskId\":\"a\",\"outcome\":\"already-ended\",\"state\":\"completed\"}"),
                Arguments.of(
                        new AlreadyEnded("a", TaskState.of("error"), true),
                        "a already-ended (error; perhaps because of the stop)",
                        "{\"taskId\":\"a\",\"outcome\":\"already-ended\",\"state\":\"error\",\"perhapsByUs\":true}"),
                Arguments.of(new NotFound("a"), "a not-found", "{\"taskId\":\"a\",\"outcome\":\"not-found\"}"),
                Arguments.of(
                        new Skipped("a", Skipped.Reason.LIMIT),
                        "a skipped (limit)",
                        "{\"taskId\":\"a\",\"outcome\":\"skipped\",\"reason\":\"limit\"}"));
    }

    @ParameterizedTest
    @MethodSource("results")
    void a_result_claims_the_same_in_text_and_in_json(StopResult result, String text, String json) {
        assertThat(ResultForm.text(result)).isEqualTo(text);
        assertThat(ResultForm.json(result)).isEqualTo(json);
    }
}
