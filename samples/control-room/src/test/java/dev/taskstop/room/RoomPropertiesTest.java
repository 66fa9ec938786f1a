package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoomPropertiesTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S,1,1,room.refresh",
        "PT-1S,1,1,room.refresh",
        "PT0.002S,1,1,room.refresh",
        "PT2S,0,1,room.max-tasks",
        "PT2S,-1,1,room.max-tasks",
        "PT2S,1,0,room.max-stop",
        "PT2S,1,-5,room.max-stop"
    })
    void a_setting_that_makes_no_sense_is_refused_by_its_name(
            Duration refresh, int maxTasks, int maxStop, String property) {
        assertThatThrownBy(() -> properties(refresh, maxTasks, maxStop))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(property + " takes");
    }

    @Test
    void a_password_is_in_no_text_form() {
        assertThat(properties(Duration.ofSeconds(2), 1, 1).toString())
                .contains("ada", "bob")
                .doesNotContain("secret");
    }

    private static RoomProperties properties(Duration refresh, int maxTasks, int maxStop) {
        return new RoomProperties(
                "ada", "secret", Map.of("bob", "secret too"), refresh, maxTasks, maxStop, Path.of("unused"));
    }
}
