package dev.taskstop.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalsTest {

    @ParameterizedTest
    @ValueSource(strings = {"HUP", "INT", "TERM"})
    void a_signal_that_the_starter_ignores_arrives_at_the_program(String signal) {
        assumeTrue(!Signals.DEFAULTS.isEmpty(), "there is no env of coreutils 8.31 or newer");
        List<String> nohup = List.of("sh", "-c", "trap '' HUP INT TERM; exec \"$@\"", "sh");
        List<String> nohupWithDefaults = new ArrayList<>(nohup);
        nohupWithDefaults.addAll(Signals.DEFAULTS);
        String kill = "kill -" + signal + " $$";

        assertThat(Signals.exitCode(nohup, kill)).isZero();
        assertThat(Signals.exitCode(nohupWithDefaults, kill))
                .isEqualTo(Signals.KILLED_BY + Signals.NUMBERS.getOrDefault(signal, 0));
    }
}
