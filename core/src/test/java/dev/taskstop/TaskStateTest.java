package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskStateTest {

    @ParameterizedTest
    @CsvSource({
        "pending,PENDING,true,false", "processing,PROCESSING,true,false", "SAVING,SAVING,true,false",
        "completed,COMPLETED,false,true", "error,ERROR,false,true", "Stopped,STOPPED,false,true",
        "timeout,TIMEOUT,false,true", "archived,UNKNOWN,false,false", "'',UNKNOWN,false,false"
    })
    void a_task_is_active_or_has_ended_or_is_in_a_state_that_nobody_knows(
            String raw, TaskState.Kind kind, boolean active, boolean ended) {
        TaskState state = TaskState.of(raw);

        assertThat(state.kind()).isEqualTo(kind);
        assertThat(state.isActive()).isEqualTo(active);
        assertThat(state.isEnded()).isEqualTo(ended);
        assertThat(state).hasToString(raw);
    }
}
