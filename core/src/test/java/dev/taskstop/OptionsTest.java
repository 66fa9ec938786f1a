package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Options out of range are refused with the range; options that are taken do not change. */
class OptionsTest {

    private static TaskClientBuilder builder() {
        return TaskClient.builder().apiKey("bb_secret");
    }

    @Test
    void numbers_out_of_range_are_refused_with_the_range() {
        assertThatThrownBy(() -> builder().concurrency(0))
                .hasMessage("concurrency takes a number from 1 to 10000, not 0");
        assertThatThrownBy(() -> builder().concurrency(10_001)).hasMessageContaining("concurrency");
        assertThatThrownBy(() -> builder().requestTimeout(Duration.ZERO)).hasMessageContaining("requestTimeout");
        assertThatThrownBy(() -> StopRetry.defaults().withMaxAttempts(0)).hasMessageContaining("maxAttempts");
        assertThatThrownBy(() -> StopRetry.defaults().withBackoff(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessageContaining("maxBackoff");
        assertThatThrownBy(() -> StopRetry.defaults().withJitter(1.5)).hasMessageContaining("jitter");
        assertThatThrownBy(() -> StopRetry.defaults().withDeadline(Duration.ZERO))
                .hasMessageContaining("deadline");
        assertThatThrownBy(() -> StopAllOptions.defaults().withDeadline(Duration.ofSeconds(-1)))
                .hasMessageContaining("deadline");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT876000H0.000000001S", "PT2562047788015215H"})
    void a_duration_that_no_clock_will_see_is_refused_by_its_name(String text) {
        Duration endless = Duration.parse(text);
        TaskClient client = builder().apiKey("k").build();

        assertThatThrownBy(() -> StopRetry.defaults().withDeadline(endless))
                .hasMessage("deadline takes at most 36500 days, not " + endless);
        assertThatThrownBy(() -> StopRetry.defaults().withMaxPause(endless)).hasMessageContaining("maxPause");
        assertThatThrownBy(() -> StopRetry.defaults().withBackoff(Duration.ofSeconds(1), endless))
                .hasMessageContaining("maxBackoff");
        assertThatThrownBy(() -> StopAllOptions.defaults().withDeadline(endless))
                .hasMessageContaining("deadline");
        assertThatThrownBy(() -> client.activeTasks().shutdown(endless)).hasMessageContaining("deadline");
        assertThatThrownBy(() -> client.awaitOrStop("t1", endless)).hasMessageContaining("timeout");
        assertThatThrownBy(() -> client.stopOnTimeout("t1", endless)).hasMessageContaining("timeout");
    }

    @Test
    void the_longest_deadline_is_no_deadline_that_has_passed() {
        StubTransport server = new StubTransport();
        TaskClient client = server.client()
                .retry(StopRetry.defaults().withDeadline(Duration.ofDays(36_500)))
                .build();
        StopAllOptions patient = StopAllOptions.defaults().withDeadline(Duration.ofDays(36_500));

        StepVerifier.create(client.stopAll(Flux.just("t1"), patient))
                .expectNextMatches(StopResult.Stopped.class::isInstance)
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    @Test
    void how_hard_a_stop_tries_has_limits_that_are_refused_just_beyond() {
        Duration second = Duration.ofSeconds(1);
        StopRetry retry = StopRetry.defaults();

        assertThatThrownBy(() -> retry.withBackoff(Duration.ZERO, second))
                .hasMessage("minBackoff takes a duration above zero, not PT0S");
        assertThatThrownBy(() -> retry.withBackoff(second.negated(), second)).hasMessageContaining("minBackoff");
        assertThatThrownBy(() -> retry.withJitter(-0.01)).hasMessage("jitter takes a number from 0 to 1, not -0.01");
        assertThatThrownBy(() -> retry.withMaxPause(Duration.ZERO))
                .hasMessage("maxPause takes a duration above zero, not PT0S");
        assertThatThrownBy(() -> retry.withBudget(-1)).hasMessage("budget takes a number from 0 to 1,000,000, not -1");
        assertThatThrownBy(() -> retry.withBudget(1_000_001)).hasMessageContaining("budget");
    }

    @Test
    void how_hard_a_stop_tries_has_limits_that_are_taken_themselves() {
        Duration nano = Duration.ofNanos(1);
        StopRetry retry = StopRetry.defaults();

        assertThat(retry.withMaxAttempts(1).maxAttempts()).isEqualTo(1);
        assertThat(retry.withBackoff(nano, nano).maxBackoff()).isEqualTo(nano);
        assertThat(retry.withJitter(0).jitter()).isZero();
        assertThat(retry.withJitter(1).jitter()).isEqualTo(1);
        assertThat(retry.withDeadline(nano).deadline()).isEqualTo(nano);
        assertThat(retry.withMaxPause(nano).maxPause()).isEqualTo(nano);
        assertThat(retry.withBudget(0).budget()).isZero();
        assertThat(retry.withBudget(1_000_000).budget()).isEqualTo(1_000_000);
    }

    @Test
    void http_2_without_negotiation_is_for_plain_http_only() {
        assertThatThrownBy(() -> builder().http2PriorKnowledge().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("http2PriorKnowledge");
    }

    @Test
    void options_do_not_change_and_each_with_gives_a_new_one() {
        StopAllOptions options = StopAllOptions.defaults();
        StopRetry retry = StopRetry.defaults();

        assertThat(options.withConcurrency(7)
                        .withOrdered(true)
                        .withDistinct(true)
                        .withDeadline(Duration.ofSeconds(1)))
                .satisfies(changed -> {
                    assertThat(changed.concurrency()).isEqualTo(7);
                    assertThat(changed.ordered()).isTrue();
                    assertThat(changed.distinct()).isTrue();
                    assertThat(changed.deadline()).isEqualTo(Duration.ofSeconds(1));
                });
        assertThat(options.concurrency()).isNull();
        assertThat(options.ordered()).isFalse();
        assertThat(options.distinct()).isFalse();
        assertThat(options.deadline()).isNull();

        assertThat(retry.withMaxAttempts(2).withJitter(0.25).withBudget(9)).satisfies(changed -> {
            assertThat(changed.maxAttempts()).isEqualTo(2);
            assertThat(changed.jitter()).isEqualTo(0.25);
            assertThat(changed.budget()).isEqualTo(9);
            assertThat(changed.deadline()).isEqualTo(retry.deadline());
        });
        assertThat(retry.maxAttempts()).isEqualTo(6);
    }

    /** Else it would be taken for the default, or come to light at the first stop. */
    @ParameterizedTest
    @ValueSource(classes = {TaskClientBuilder.class, StopAllOptions.class, StopRetry.class, TaskQuery.class})
    void no_setting_takes_null(Class<?> type) {
        Map<Class<?>, Object> subjects = Map.of(
                TaskClientBuilder.class, builder(),
                StopAllOptions.class, StopAllOptions.defaults(),
                StopRetry.class, StopRetry.defaults(),
                TaskQuery.class, TaskQuery.all());
        List<Method> settings = Stream.of(type.getMethods())
                .filter(method -> !Modifier.isStatic(method.getModifiers()) && method.getReturnType() == type)
                .filter(method -> Stream.of(method.getParameterTypes()).anyMatch(taken -> !taken.isPrimitive()))
                .toList();

        assertThat(settings)
                .isNotEmpty()
                .allSatisfy(setting -> assertThatThrownBy(
                                () -> setting.invoke(subjects.get(type), new Object[setting.getParameterCount()]))
                        .as(setting.toString())
                        .hasCauseInstanceOf(NullPointerException.class));
    }

    @Test
    @SuppressWarnings("NullAway") // is what is tested
    void an_adjustment_of_the_http_client_that_gives_null_is_named() {
        assertThatThrownBy(() -> builder().httpClient(http -> null).build())
                .isInstanceOf(NullPointerException.class)
                .hasMessage("What was given to httpClient gave null");
    }
}
