package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "https://cloud.blackbox.ai, cloud.blackbox.ai, 443, cloud.blackbox.ai, /api/tasks",
        "https://cloud.blackbox.ai/, cloud.blackbox.ai, 443, cloud.blackbox.ai, /api/tasks",
        "http://localhost, localhost, 80, localhost, /api/tasks",
        "http://127.0.0.1:8080/base/, 127.0.0.1, 8080, 127.0.0.1:8080, /base/api/tasks",
        "http://[::1]:8080, ::1, 8080, [::1]:8080, /api/tasks",
        "HTTPS://example.com:443/a%20b, example.com, 443, example.com:443, /a%20b/api/tasks"
    })
    void it_tells_where_a_request_goes(String url, String host, int port, String authority, String target) {
        Origin origin = new Origin(URI.create(url), "", false);

        TaskRequest request = origin.request("GET", "/api/tasks", "/api/tasks", null, 1);

        assertThat(origin.host()).isEqualTo(host);
        assertThat(origin.port()).isEqualTo(port);
        assertThat(origin.authority()).isEqualTo(authority);
        assertThat(request.target()).isEqualTo(target);
        assertThat(request.uri()).isEqualTo(URI.create(url).resolve(target));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/tasks",
                "/api/tasks/",
                "/api/tasks/some-id",
                "/base/api/tasks",
                "/API/Tasks",
                "/api/v1/tasks",
                "/api/v1/tasks/some-id/cancel"
            })
    void an_address_that_has_the_path_of_tasks_already_is_refused_with_a_hint(String path) {
        for (TaskDialect dialect : List.of(TaskDialect.cloud(), TaskDialect.agentV1())) {
            TaskClientBuilder builder = TaskClient.builder()
                    .apiKey("bb_test")
                    .dialect(dialect)
                    .baseUrl(URI.create("https://tasks.example" + path));

            assertThatThrownBy(builder::build)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("baseUrl takes no path of tasks")
                    .hasMessageContaining("each request adds");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://tasks.example",
                "https://tasks.example/base/",
                "https://tasks.example/api/tasks-proxy",
                "http://127.0.0.1:8787"
            })
    void a_client_tells_the_address_that_it_was_built_with(String url) {
        assertThat(TaskClient.builder()
                        .apiKey("bb_test")
                        .baseUrl(URI.create(url))
                        .build()
                        .baseUrl())
                .isEqualTo(URI.create(url));
        assertThat(TaskClient.builder().apiKey("bb_test").build().baseUrl())
                .isEqualTo(URI.create("https://cloud.blackbox.ai"));
    }
}
