package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.TaskDecodingException;
import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponseException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FailureSentenceTest {

    static Stream<TaskException> every_failure_is_told_in_plain_sentences() {
        return Stream.concat(
                Stream.of(mock(TaskDecodingException.class)),
                Stream.concat(
                        Stream.of(TaskRequestException.Reason.values()).map(reason -> {
                            TaskRequestException failure = mock(TaskRequestException.class);
                            when(failure.reason()).thenReturn(reason);
                            return failure;
                        }),
                        Stream.of(TaskResponseException.Reason.values()).map(reason -> {
                            TaskResponseException failure = mock(TaskResponseException.class);
                            when(failure.reason()).thenReturn(reason);
                            when(failure.status()).thenReturn(500);
                            return failure;
                        })));
    }

    @ParameterizedTest
    @MethodSource
    void every_failure_is_told_in_plain_sentences(TaskException failure) {
        for (boolean unknown : new boolean[] {false, true}) {
            when(failure.isOutcomeUnknown()).thenReturn(unknown);
            assertThat(FailureSentence.of(failure))
                    .matches("[A-Z][^.]+\\. It may [^.]+\\.")
                    .doesNotContainPattern("[{}/_]|null|[A-Z]{3}(?<!API)");
            assertThat(FailureSentence.of(failure).contains("may have been stopped"))
                    .isEqualTo(unknown);
        }
    }
}
