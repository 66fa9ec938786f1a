package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class TaskServerOptionsTest {

    private final TaskServerOptions options = TaskServerOptions.defaults();

    @Test
    void changing_an_option_leaves_the_options_that_it_was_called_on() {
        TaskServerOptions changed = options.withSeed(7)
                .withUser("a@example.com", "k")
                .withFixedAnswer(true)
                .withEndedRunAnswer(EndedRunAnswer.OK);

        assertThat(changed).isNotSameAs(options);
        assertThat(options.seed).isEqualTo(1);
        assertThat(options.keysByUser).containsOnlyKeys(TaskServerOptions.DEFAULT_USER);
        assertThat(options.fixedAnswer).isFalse();
        assertThat(options.endedRunAnswer).isEqualTo(EndedRunAnswer.BAD_REQUEST);
        assertThat(changed.seed).isEqualTo(7);
        assertThat(changed.keysByUser).containsOnlyKeys(TaskServerOptions.DEFAULT_USER, "a@example.com");
        assertThat(changed.fixedAnswer).isTrue();
        assertThat(changed.withSeed(8).endedRunAnswer).isEqualTo(EndedRunAnswer.OK);
    }

    /** A field that a copy leaves out would be lost by whatever option is changed after it. */
    @Test
    void a_copy_has_every_field_of_the_original() throws IllegalAccessException {
        TaskServerOptions all = options.withAddress("localhost", 1)
                .withTls(Path.of("a.pem"), Path.of("b.pem"))
                .withUser("a@example.com", "k")
                .withTask("t", Status.SAVING)
                .withClock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
                .withLifecycle(Lifecycle.staysIn(Status.PENDING))
                .withSandboxes(SandboxKind.PROCESS, Duration.ofSeconds(9))
                .withFixedAnswer(true)
                .withJournal(Path.of("j"))
                .withAccessLog(Path.of("a"))
                .withFaults(Faults.none().with(FaultKind.LATENCY, 1))
                .withTaskFaults(TaskFaults.none().withKeptAlive(1))
                .withTimesOfTasks(Duration.ofSeconds(1), Duration.ofSeconds(1))
                .withForbiddenAfter(1)
                .withRequestsPerSecond(1)
                .withLatency(Duration.ofSeconds(1))
                .withCreateError(CreateError.FLAGGED)
                .withLogErrorAfter(1)
                .withErrorForm(ErrorForm.OBJECT)
                .withRetryAfter(RetryAfterForm.NONE, Duration.ZERO)
                .withEndedRunAnswer(EndedRunAnswer.OK)
                .withQueuedRunAnswer(QueuedRunAnswer.CANCELLED)
                .withListOrder(ListOrder.SHUFFLED)
                .withExecutionForm(ExecutionForm.MULTI_AGENT_TASK)
                .withTimeoutIsFailed(false)
                .withDurationIfCompleted(true)
                .withAnyContentType(true)
                .withV1CreatedStatus(201);
        TaskServerOptions copy = all.withSeed(2);

        int fields = 0;
        for (Class<?> type = TaskServerOptions.class; type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (!Modifier.isStatic(field.getModifiers()) && !field.getName().equals("seed")) {
                    fields++;
                    assertThat(field.get(copy)).as(field.getName()).isEqualTo(field.get(all));
                    assertThat(field.get(copy)).as(field.getName()).isNotEqualTo(field.get(options));
                }
            }
        }
        assertThat(fields).isGreaterThan(30);
    }

    @Test
    void values_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> options.withAddress("127.0.0.1", -1));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withUser("a@example.com"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withUser("a@example.com", "with blank"));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withRequestsPerSecond(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> options.withLatency(Duration.ofSeconds(-1)));
    }
}
