package dev.taskstop.reliability;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** What the programs check in their options: a run that looks at nothing would end well. */
final class Options {

    /** The last third is compared with the second. */
    static final int MIN_SAMPLES = 3;

    private Options() {}

    static void requireAtLeast(@Nullable CommandSpec program, int least, String option, long value) {
        if (value < least) {
            throw new ParameterException(
                    Objects.requireNonNull(program).commandLine(), option + " must be " + least + " or more: " + value);
        }
    }
}
