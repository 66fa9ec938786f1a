package dev.taskstop.kafka.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MassStopTest {

    private final StringWriter out = new StringWriter();

    @Test
    void no_id_is_lost_when_an_instance_is_killed_and_another_takes_over() {
        CommandLine command = new CommandLine(new MassStop()).setOut(new PrintWriter(out, true));

        assertThat(command.execute("--ids=2000", "--latency=20ms", "--kill"))
                .as(out::toString)
                .isZero();

        assertThat(out.toString())
                .contains("by instance-1 (killed)", "by instance-2")
                .containsPattern("ledger: stopped +2,000")
                .containsPattern("set aside \\(no ids\\) +5")
                .containsPattern("results and ledger +equal")
                .containsPattern("offsets committed +to the end of the topic");
    }
}
