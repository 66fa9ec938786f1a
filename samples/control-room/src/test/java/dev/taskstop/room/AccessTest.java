package dev.taskstop.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.BodyInserters.FormInserter;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Who may do what, over HTTP. */
class AccessTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    @SuppressWarnings("NullAway.Init")
    private static TestRoom room;

    @SuppressWarnings("NullAway.Init")
    private static List<String> taskIds;

    private final WebTestClient browser = WebTestClient.bindToServer()
            .baseUrl(room.url())
            .responseTimeout(LIMIT)
            .build();

    @BeforeAll
    static void start() {
        room = TestRoom.start();
        taskIds = room.server.createTasks(20, Lifecycle.staysIn(Status.PROCESSING));
    }

    @AfterAll
    static void stop() {
        room.close();
    }

    /** What a browser sends once somebody has logged in. */
    private record Visit(String session, String token) {}

    private EntityExchangeResult<byte[]> get(String path, String session) {
        return browser.get()
                .uri(path)
                .cookie("SESSION", session)
                .exchange()
                .expectBody()
                .returnResult();
    }

    private EntityExchangeResult<byte[]> post(String path, Visit visit, FormInserter<String> form) {
        return browser.post()
                .uri(path)
                .cookie("SESSION", visit.session())
                .header("X-CSRF-TOKEN", visit.token())
                .body(form)
                .exchange()
                .expectBody()
                .returnResult();
    }

    private Visit visit(String path, String session) {
        EntityExchangeResult<byte[]> page = get(path, session);
        Matcher token = TOKEN.matcher(new String(page.getResponseBodyContent(), UTF_8));
        assertThat(token.find()).isTrue();
        return new Visit(sessionOf(page).map(HttpCookie::getValue).orElse(session), token.group(1));
    }

    private EntityExchangeResult<byte[]> tryToLogIn(String password) {
        return post(
                "/login",
                visit("/login", ""),
                BodyInserters.fromFormData("username", TestRoom.USER).with("password", password));
    }

    private Visit logIn() {
        return visit(
                "/",
                sessionOf(tryToLogIn(TestRoom.PASSWORD))
                        .map(HttpCookie::getValue)
                        .orElseThrow());
    }

    private static Optional<ResponseCookie> sessionOf(EntityExchangeResult<?> answer) {
        return Optional.ofNullable(answer.getResponseCookies().getFirst("SESSION"));
    }

    @Test
    void the_session_cookie_is_for_this_page_only() {
        assertThat(sessionOf(tryToLogIn(TestRoom.PASSWORD))).hasValueSatisfying(cookie -> {
            assertThat(cookie.isHttpOnly()).isTrue();
            assertThat(cookie.getSameSite()).isEqualTo("Strict");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/live", "/events", "/room.js", "/actuator/env", "/actuator/taskstop"})
    void who_is_not_logged_in_is_sent_to_the_login_page(String path) {
        EntityExchangeResult<byte[]> answer = get(path, "");

        assertThat(answer.getStatus()).isEqualTo(HttpStatus.FOUND);
        assertThat(answer.getResponseHeaders().getLocation()).hasToString("/login");
    }

    @Test
    void a_request_of_htmx_gets_a_plain_401_instead_of_the_login_page() {
        browser.get()
                .uri("/live")
                .header("HX-Request", "true")
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectBody()
                .isEmpty();
    }

    @Test
    void a_wrong_password_does_not_log_in() {
        assertThat(tryToLogIn("wrong").getResponseHeaders().getLocation()).hasToString("/login?error");
    }

    @Test
    void health_is_open_and_says_nothing_more() {
        browser.get()
                .uri("/actuator/health")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody()
                .json("{\"status\":\"UP\"}")
                .jsonPath("$.components")
                .doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stops", "/stops/active", "/batches/1/cancel", "/logout"})
    void a_post_without_a_csrf_token_is_refused_and_nothing_is_stopped(String path) {
        Visit withoutToken = new Visit(logIn().session(), "");
        long before = room.ledger().totals().patchRequests();

        EntityExchangeResult<byte[]> answer =
                post(path, withoutToken, BodyInserters.fromFormData("taskId", taskIds.get(0)));

        assertThat(answer.getStatus()).isEqualTo(HttpStatus.FORBIDDEN);
        assertThat(room.ledger().totals().patchRequests()).isEqualTo(before);
        assertThat(room.ledger().of(taskIds.get(0)).stopRequests()).isZero();
    }

    @Test
    void a_post_with_the_token_stops_the_tasks_that_it_names() {
        EntityExchangeResult<byte[]> answer = post(
                "/stops",
                logIn(),
                BodyInserters.fromFormData("taskId", taskIds.get(1)).with("taskId", taskIds.get(2)));

        assertThat(answer.getStatus()).isEqualTo(HttpStatus.NO_CONTENT);
        StepVerifier.create(Flux.interval(Duration.ofMillis(20))
                        .map(tick -> room.stopped())
                        .takeUntil(stopped -> stopped.size() == 2)
                        .last())
                .assertNext(stopped -> assertThat(stopped).containsExactlyInAnyOrder(taskIds.get(1), taskIds.get(2)))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void a_stop_that_names_no_task_is_refused() {
        assertThat(post("/stops", logIn(), BodyInserters.fromFormData("text", "all"))
                        .getStatus())
                .isEqualTo(HttpStatus.BAD_REQUEST);
    }

    @Test
    void only_scripts_of_the_page_are_allowed_and_no_frame_around_it() {
        HttpHeaders headers = get("/login", "").getResponseHeaders();

        assertThat(headers.getFirst("Content-Security-Policy"))
                .contains("script-src 'self'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(headers.getFirst("X-Frame-Options")).isEqualTo("DENY");
    }

    @Test
    void the_browser_gets_every_task_and_never_the_key_and_is_forgotten_when_it_goes() {
        Visit visit = logIn();

        StepVerifier.create(browser.get()
                        .uri("/events")
                        .accept(MediaType.TEXT_EVENT_STREAM)
                        .cookie("SESSION", visit.session())
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .returnResult(String.class)
                        .getResponseBody())
                .assertNext(html -> {
                    assertThat(html).contains(taskIds.get(0)).doesNotContain(room.server.key());
                    assertThat(room.room().watchers()).isEqualTo(1);
                })
                .thenCancel()
                .verify(LIMIT);

        StepVerifier.create(Flux.interval(Duration.ofMillis(20))
                        .filter(tick -> room.room().watchers() == 0)
                        .next())
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }
}
