package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.HttpMethod;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/** What a browser asks before it lets a page of another origin have an answer. */
class BrowserAccessTest {

    private final TaskServer server = TaskServer.start();

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PATCH", "POST", "GET"})
    void a_page_may_ask_with_a_key_and_a_body(String method) {
        HttpClientResponse answer = answer(
                HttpClient.create()
                        .headers(headers -> headers.set("Origin", "http://example.com")
                                .set("Access-Control-Request-Method", method)
                                .set("Access-Control-Request-Headers", "authorization,content-type")),
                HttpMethod.OPTIONS,
                "/api/tasks/x");

        assertThat(answer.status().code()).isEqualTo(204);
        assertThat(answer.responseHeaders().get("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.responseHeaders().get("Access-Control-Allow-Methods")).contains(method);
        assertThat(answer.responseHeaders().get("Access-Control-Allow-Headers"))
                .isEqualTo("Authorization, Content-Type");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/tasks", "/api/v1/tasks/none", "/nowhere"})
    void a_page_is_shown_errors_too(String path) {
        HttpClientResponse answer = answer(
                HttpClient.create().headers(headers -> headers.set("Origin", "http://example.com")),
                HttpMethod.GET,
                path);

        assertThat(answer.status().code()).isIn(401, 404);
        assertThat(answer.responseHeaders().get("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.responseHeaders().contains("Connection")).isFalse();
    }

    @Test
    void who_is_no_page_is_told_nothing_about_pages() {
        HttpClientResponse answer = answer(HttpClient.create(), HttpMethod.GET, "/api/tasks");

        assertThat(answer.responseHeaders().contains("Access-Control-Allow-Origin"))
                .isFalse();
        assertThat(answer.responseHeaders().contains("Connection")).isFalse();
        assertThat(answer(HttpClient.create(), HttpMethod.OPTIONS, "/api/tasks")
                        .status()
                        .code())
                .isEqualTo(405);
    }

    private HttpClientResponse answer(HttpClient client, HttpMethod method, String path) {
        return Objects.requireNonNull(client.request(method)
                .uri(server.baseUrl() + path)
                .responseSingle((response, body) -> body.then().thenReturn(response))
                .block(TestClient.PATIENCE));
    }
}
