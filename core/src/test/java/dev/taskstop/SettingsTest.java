package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a client can be built from, and what it refuses. Nothing is connected here. */
class SettingsTest {

    private static final String KEY = "BLACKBOX_API_KEY";
    private static final String URL = "BLACKBOX_BASE_URL";

    private static TaskClientBuilder withKey() {
        return TaskClient.builder().apiKey(Wire.KEY).concurrency(1);
    }

    private static void assertBuilds(TaskClientBuilder builder) {
        StepVerifier.create(builder.build().closeAsync()).expectComplete().verify(Wire.LIMIT);
    }

    private static void assertRefused(ThrowingCallable building, String... named) {
        assertThatThrownBy(building)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(named);
    }

    /** Tells where a client would send to. */
    private static URI destination(TaskClientBuilder builder) {
        TaskTransport recording = request -> Mono.error(new Destination(request.uri()));
        TaskException failure = Wire.failure(
                builder.retry(Wire.ONCE).transport(recording).build().status("id"));
        if (failure.getCause() instanceof Destination destination) {
            return destination.uri;
        }
        throw new AssertionError("Nothing was sent", failure);
    }

    @Test
    void the_environment_gives_the_key_and_the_address() {
        assertThat(destination(
                        TaskClientBuilder.fromEnv(Map.of(KEY, Wire.KEY, URL, "https://example.com/api-gateway"))))
                .isEqualTo(URI.create("https://example.com/api-gateway/api/tasks/id/status"));
    }

    @Test
    void without_an_address_the_environment_means_the_public_one() {
        URI expected = URI.create("https://cloud.blackbox.ai/api/tasks/id/status");

        assertThat(destination(TaskClientBuilder.fromEnv(Map.of(KEY, Wire.KEY))))
                .isEqualTo(expected);
        assertThat(destination(TaskClientBuilder.fromEnv(Map.of(KEY, Wire.KEY, URL, ""))))
                .isEqualTo(expected);
    }

    @Test
    void a_missing_key_is_named_with_both_ways_to_give_it() {
        for (TaskClientBuilder builder : new TaskClientBuilder[] {
            TaskClient.builder(), TaskClientBuilder.fromEnv(Map.of()), TaskClientBuilder.fromEnv(Map.of(KEY, ""))
        }) {
            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContainingAll("apiKey", KEY);
        }
    }

    static String[] badKeys() {
        return new String[] {
            " ",
            "   ",
            "bb_secret\n",
            "bb_secret\r\n",
            "\tbb_secret",
            "bb_secret\r\nX-Evil: 1",
            "bb_se cret",
            "bb_secret\u0000",
            "bb_secr\u00E9t"
        };
    }

    // The keys stay out of the display name: a report in XML cannot hold them all.
    @ParameterizedTest(name = "{index}")
    @MethodSource("badKeys")
    void a_key_that_cannot_be_a_header_is_refused_and_not_repeated(String key) {
        for (ThrowingCallable building : new ThrowingCallable[] {
            () -> TaskClient.builder().apiKey(key), () -> TaskClientBuilder.fromEnv(Map.of(KEY, key))
        }) {
            assertThatThrownBy(building)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasNoCause()
                    .hasMessageContaining("apiKey")
                    .hasMessageNotContainingAny("secret", "bb_", "cret");
        }
    }

    @Test
    void an_empty_key_is_refused() {
        assertRefused(() -> TaskClient.builder().apiKey("").build(), "apiKey");
    }

    @ParameterizedTest
    @ValueSource(strings = {"not an address", "https://exa mple.com", "http://[::1", "%%%"})
    void a_malformed_address_in_the_environment_is_named(String url) {
        assertRefused(() -> TaskClientBuilder.fromEnv(Map.of(KEY, Wire.KEY, URL, url)), URL);
    }

    @Test
    void a_malformed_address_is_quoted_nowhere() {
        assertThatThrownBy(
                        () -> TaskClientBuilder.fromEnv(Map.of(KEY, Wire.KEY, URL, "https://user:secret@exa mple.com")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasNoCause()
                .hasMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cloud.blackbox.ai",
                "/api",
                "",
                "ftp://cloud.blackbox.ai",
                "ws://localhost",
                "https:///api",
                "mailto:a@b",
                "https://under_score.example",
                "https://user:password@cloud.blackbox.ai",
                "https://cloud.blackbox.ai?key=value",
                "https://cloud.blackbox.ai/#top"
            })
    void an_address_that_cannot_be_one_is_refused_without_its_password(String url) {
        assertThatThrownBy(() -> withKey().baseUrl(URI.create(url)).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("baseUrl")
                .hasMessageNotContainingAny("password", "key=value");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://cloud.blackbox.ai",
                "HTTP://cloud.blackbox.ai",
                "http://10.0.0.1",
                "http://0.0.0.0",
                "http://localhost.example.com",
                "http://localhost.",
                "http://127.0.0.1.example.com",
                "http://127.example.com",
                "http://[::2]",
                "http://[::ffff:10.0.0.1]",
                "http://2130706433"
            })
    void plain_http_to_another_machine_is_refused_unless_it_is_allowed(String url) {
        TaskClientBuilder builder = withKey().baseUrl(URI.create(url));

        assertRefused(builder::build, "allowInsecureHttp");
        assertBuilds(builder.allowInsecureHttp());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://localhost",
                "http://LOCALHOST:8080",
                "http://127.0.0.1:8080/",
                "http://127.1.2.3",
                "http://[::1]",
                "http://[::1]:8080/base",
                "http://[0:0:0:0:0:0:0:1]"
            })
    void plain_http_to_this_machine_is_taken(String url) {
        assertBuilds(withKey().baseUrl(URI.create(url)));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 10_001})
    void a_concurrency_out_of_range_is_refused(int concurrency) {
        assertRefused(() -> withKey().concurrency(concurrency), "concurrency", String.valueOf(concurrency));
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 6_000_001})
    void a_rate_out_of_range_is_refused(int perMinute) {
        assertRefused(
                () -> withKey().requestsPerMinute(perMinute),
                "requestsPerMinute",
                "1 to 6000000",
                String.valueOf(perMinute));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 6_000_000})
    void every_rate_in_range_is_taken(int perMinute) {
        assertBuilds(withKey().requestsPerMinute(perMinute));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.0009S", "PT2147483.648S", "PT2562047788015215H"})
    void a_request_timeout_out_of_range_is_refused(String timeout) {
        assertRefused(() -> withKey().requestTimeout(Duration.parse(timeout)), "requestTimeout");
        assertRefused(() -> withKey().pollInterval(Duration.parse(timeout)), "pollInterval");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PT0S", "PT-1S", "PT0.0009S", "PT2147483.648S", "PT2562047788015215H", "PT-2562047788015215H"})
    void a_connect_timeout_out_of_range_is_refused(String timeout) {
        Duration refused = Duration.parse(timeout);

        assertRefused(
                () -> withKey().connectTimeout(refused),
                "connectTimeout takes at least a millisecond and at most 2147483647 of them",
                refused.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0.001S", "PT2147483.647S"})
    void every_connect_timeout_in_range_is_taken(String timeout) {
        assertBuilds(withKey().connectTimeout(Duration.parse(timeout)));
    }

    private static final class Destination extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final URI uri;

        Destination(URI uri) {
            this.uri = uri;
        }
    }
}
