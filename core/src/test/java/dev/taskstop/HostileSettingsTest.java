package dev.taskstop;

import static dev.taskstop.Seeds.oneOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.net.URI;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Addresses and keys that may be anything: they are refused when the client is built, or mean what they say. */
class HostileSettingsTest {

    private static final int FOR_EACH_SEED = 20;

    private final Queue<TaskRequest> sent = new ConcurrentLinkedQueue<>();

    private final TaskTransport nobody = request -> {
        sent.add(request);
        return Mono.just(StubTransport.response(404, "{}"));
    };

    private static String randomUrl(Random random) {
        String scheme = oneOf(random, "https://", "http://", "HTTPS://", "https:/", "ftp://", "://", "", "https:");
        String user = oneOf(random, "", "", "", "", "user:secret@", "@", "evil.example@");
        String host = oneOf(
                random,
                "localhost",
                "127.0.0.1",
                "api.example",
                "[::1]",
                "[::1%25lo]",
                "[",
                "",
                "127.0.0.1.example",
                "api.example.",
                "\u4F8B.example",
                "under_score.example",
                "a..b",
                "-a");
        String port =
                oneOf(random, "", "", ":", ":0", ":1", ":65535", ":65536", ":99999999999", ":-1", ":8o", ":80:80");
        StringBuilder path = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            path.append(oneOf(
                    random, "/", "//", "/..", "/.", "/a", "/%2F", "/%00", "/%0d%0a", "/\u00E9", "/ ", "\\", ";a=b",
                    "/api/v1"));
        }
        String end = oneOf(random, "", "", "", "", "?", "?a=b", "#", "#top", "\r\nHost: evil.example", "\u0000", "|");
        return scheme + user + host + port + path + end;
    }

    @Test
    void any_address_is_refused_when_the_client_is_built_or_is_the_only_one_that_is_asked() {
        Seeds.each("any base address", random -> {
            for (int i = 0; i < FOR_EACH_SEED; i++) {
                String url = randomUrl(random);
                try {
                    assertIsTheOnlyOneAsked(url);
                } catch (IllegalArgumentException e) {
                    assertThat(e.getMessage()).as(url).containsAnyOf("baseUrl", "BLACKBOX_BASE_URL");
                    assertThat(e.getMessage()).doesNotContain("secret");
                }
            }
        });
    }

    private void assertIsTheOnlyOneAsked(String url) {
        sent.clear();
        TaskClientBuilder builder = TaskClientBuilder.fromEnv(
                        Map.of("BLACKBOX_API_KEY", Wire.KEY, "BLACKBOX_BASE_URL", url))
                .concurrency(1);
        // Reactor Netty gets to see the address too.
        StepVerifier.create(builder.build().closeAsync()).expectComplete().verify(Wire.LIMIT);

        Wire.failure(builder.transport(nobody).build().status("id"));

        URI base = url.isEmpty() ? URI.create("https://cloud.blackbox.ai") : URI.create(url);
        assertThat(sent).singleElement().satisfies(request -> {
            URI uri = request.uri();
            assertThat(uri.getScheme()).isEqualToIgnoringCase(base.getScheme());
            assertThat(uri.getHost()).isEqualTo(base.getHost());
            assertThat(uri.getPort()).isEqualTo(base.getPort());
            assertThat(uri.getRawPath()).endsWith("/api/tasks/id/status");
            assertThat(uri.getRawUserInfo()).isNull();
            assertThat(uri.getRawQuery()).isNull();
            assertThat(uri.getRawFragment()).isNull();
            assertThat(request.target())
                    .isASCII()
                    .doesNotContainAnyWhitespaces()
                    .startsWith("/");
            if (uri.getScheme().equalsIgnoreCase("http")) {
                assertThat(uri.getHost()).matches("localhost|127\\.0\\.0\\.1|\\[::1]");
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://api.example:0", "https://api.example:65536", "http://localhost:99999"})
    void a_port_that_is_none_is_refused_by_name(String url) {
        try {
            TaskClient.builder().apiKey(Wire.KEY).baseUrl(URI.create(url)).build();
            fail("It was taken");
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("baseUrl takes a port from 1 to 65535, not ");
        }
    }

    private static String randomKey(Random random) {
        StringBuilder key = new StringBuilder("bb_");
        for (int i = random.nextInt(12); i > 0; i--) {
            key.append(
                    random.nextInt(8) == 0
                            ? oneOf(
                                    random,
                                    "\r\n",
                                    "\n",
                                    "\r",
                                    "\r\nX-Evil: 1",
                                    "\u0000",
                                    "\u007F",
                                    " ",
                                    "\t",
                                    "\u00E9",
                                    "\uD83D\uDE00",
                                    "\u010A",
                                    "\uD800")
                            : String.valueOf((char) ('!' + random.nextInt(94))));
        }
        return key.toString();
    }

    @Test
    void any_key_is_refused_without_a_word_of_it_or_is_the_whole_header() {
        Seeds.each("any key", random -> {
            for (int i = 0; i < FOR_EACH_SEED; i++) {
                String key = randomKey(random);
                sent.clear();
                boolean good = key.chars().allMatch(c -> c > ' ' && c < 0x7F);

                TaskException failure = Wire.failure(TaskClient.builder()
                        .apiKey(() -> Mono.just(key))
                        .transport(nobody)
                        .build()
                        .status("id"));

                assertThat(refusesConstant(key)).isNotEqualTo(good);
                if (good) {
                    assertThat(sent).extracting(TaskRequest::authorization).containsExactly("Bearer " + key);
                } else {
                    assertThat(sent).isEmpty();
                    assertThat(failure).isInstanceOf(TaskRequestException.class);
                    assertThat(failure.isOutcomeUnknown()).isFalse();
                    assertThat(failure.getMessage()).doesNotContain("bb_");
                    assertThat(failure.getCause()).isNotNull().hasMessageNotContaining("bb_");
                }
            }
        });
    }

    private static boolean refusesConstant(String key) {
        try {
            TaskClient.builder().apiKey(key);
            return false;
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).contains("apiKey").doesNotContain("bb_");
            return true;
        }
    }
}
