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
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
    }

    static Stream<Arguments> durations() {
        return Stream.of(
                arguments("latency", it -> options().withLatency(it)),
                arguments("wait", it -> options().withRetryAfter(RetryAfterForm.SECONDS, it)),
                arguments("grace", it -> options().withSandboxes(SandboxKind.PROCESS, it)),
                arguments("granularity", it -> options().withTimesOfTasks(it, Duration.ZERO)),
                arguments("latency", it -> Faults.none().withLatency(it)),
                arguments("overwrittenAfter", it -> TaskFaults.none().withOverwritten(1, it)),
                arguments("revivedAfter", it -> TaskFaults.none().withRevived(1, it)),
                arguments("pendingFor", it -> Lifecycle.moving().withPendingFor(it)),
                arguments("processingFor", it -> Lifecycle.moving().withProcessingFor(it)),
                arguments("savingFor", it -> Lifecycle.moving().withSavingFor(it)));
    }

    private static Arguments arguments(String name, Consumer<Duration> option) {
        return Arguments.of(name, option);
    }

    private static TaskServerOptions options() {
        return TaskServerOptions.defaults();
    }

    /** One that is too long would fail where it is used, with an error that names nothing. */
    @ParameterizedTest
    @MethodSource("durations")
    void a_duration_that_is_negative_or_longer_than_anything_is_refused_by_name(
            String name, Consumer<Duration> option) {
        option.accept(Lifecycle.FOREVER);
        for (Duration wrong :
                List.of(Duration.ofMillis(-1), Lifecycle.FOREVER.plusNanos(1), Duration.ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> option.accept(wrong))
                    .withMessageContaining(name)
                    .withMessageContaining(wrong.toString());
        }
    }

    @Test
    void times_may_be_far_behind_but_not_farther_than_anything() {
        Duration millisecond = Duration.ofMillis(1);
        options.withTimesOfTasks(millisecond, Lifecycle.FOREVER.negated());

        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.withTimesOfTasks(
                        millisecond, Lifecycle.FOREVER.negated().minusNanos(1)))
                .withMessageContaining("skew");
    }
}
