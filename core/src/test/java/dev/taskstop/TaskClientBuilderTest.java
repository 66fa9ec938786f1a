package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client cannot be built from is said before anything is sent. */
class TaskClientBuilderTest {

    private static TaskClientBuilder builder() {
        return TaskClient.builder().apiKey("bb_secret");
    }

    @Test
    void a_missing_key_is_explained_with_the_method_and_the_variable() {
        assertThatThrownBy(() -> TaskClient.builder().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("TaskClient.builder().apiKey(")
                .hasMessageContaining("BLACKBOX_API_KEY");
        assertThatThrownBy(() -> TaskClientBuilder.fromEnv(Map.of("BLACKBOX_API_KEY", ""))
                        .build())
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bb_secret\n", "bb_secret\r\nX-Evil: 1", " bb_secret", "bb_secret\u00e4", "bb_se\u0000cret"})
    void a_key_that_no_header_can_hold_is_refused_and_not_repeated(String key) {
        assertThatThrownBy(() -> TaskClient.builder().apiKey(key).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("apiKey")
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://cloud.blackbox.ai",
                "http://10.0.0.1:8080",
                "http://127.evil.example",
                "http://localhost.evil.example",
                "http://128.0.0.1"
            })
    void plain_http_to_another_host_is_refused_unless_it_is_allowed(String url) {
        assertThatThrownBy(() -> builder().baseUrl(URI.create(url)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("plain http")
                .hasMessageContaining("allowInsecureHttp()");
        assertThatCode(() ->
                        builder().baseUrl(URI.create(url)).allowInsecureHttp().build())
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost:8080",
                "http://LOCALHOST",
                "http://127.0.0.1",
                "http://127.1.2.3:1",
                "http://[::1]:8080",
                "https://cloud.blackbox.ai/",
                "HTTPS://cloud.blackbox.ai",
                "https://proxy.example/blackbox/v2/"
            })
    void https_and_plain_http_to_this_machine_are_taken(String url) {
        assertThatCode(() -> builder().baseUrl(URI.create(url)).build()).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cloud.blackbox.ai",
                "/api",
                "ftp://cloud.blackbox.ai",
                "https:///api",
                "mailto:a@b.example",
                "https://user:password@cloud.blackbox.ai",
                "https://cloud.blackbox.ai?x=1",
                "https://cloud.blackbox.ai#x"
            })
    void what_is_no_base_address_is_refused_and_no_password_repeated(String url) {
        assertThatThrownBy(() -> builder().baseUrl(URI.create(url)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("baseUrl takes")
                .hasMessageNotContaining("password");
    }

    @Test
    void an_address_in_the_environment_that_is_none_is_explained_with_the_variable() {
        assertThatThrownBy(() -> TaskClientBuilder.fromEnv(
                        Map.of("BLACKBOX_API_KEY", "bb_secret", "BLACKBOX_BASE_URL", "not a url")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("BLACKBOX_BASE_URL");
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
}
