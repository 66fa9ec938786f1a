package dev.taskstop.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseCookie;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.web.reactive.server.EntityExchangeResult;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.BodyInserters.FormInserter;
import org.springframework.web.server.session.DefaultWebSessionManager;
import org.springframework.web.server.session.InMemoryWebSessionStore;
import org.springframework.web.server.session.WebSessionManager;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Who may do what, over HTTP. */
@ExtendWith(Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

    private final TestRoom room;
    private final WebTestClient browser;
    private final List<String> taskIds;

    AccessTest(TestRoom room) {
        this.room = room;
        this.browser = WebTestClient.bindToServer()
                .baseUrl(room.url())
                .responseTimeout(LIMIT)
                .build();
        this.taskIds = room.newTasks(20);
    }

    /** What a browser sends once somebody has logged in. */
    private record Visit(String session, String csrf, String token) {}

    private EntityExchangeResult<byte[]> get(String path, String session) {
        return get(path, session, MediaType.ALL);
    }

    private EntityExchangeResult<byte[]> get(String path, String session, MediaType accept) {
        return browser.get()
                .uri(path)
                .accept(accept)
                .cookie("SESSION", session)
                .exchange()
                .expectBody()
                .returnResult();
    }

    private EntityExchangeResult<byte[]> post(String path, Visit visit, FormInserter<String> form) {
        return browser.post()
                .uri(path)
                .cookie("SESSION", visit.session())
                .cookie("CSRF", visit.csrf())
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
        String csrf = Optional.ofNullable(page.getResponseCookies().getFirst("CSRF"))
                .map(HttpCookie::getValue)
                .orElse("");
        return new Visit(sessionOf(page).map(HttpCookie::getValue).orElse(session), csrf, token.group(1));
    }

    private EntityExchangeResult<byte[]> tryToLogIn(String password) {
        return tryToLogIn(TestRoom.USER, password);
    }

    private EntityExchangeResult<byte[]> tryToLogIn(String user, String password) {
        return post(
                "/login",
                visit("/login", ""),
                BodyInserters.fromFormData("username", user).with("password", password));
    }

    private Visit logIn() {
        return visit(
                "/",
                sessionOf(tryToLogIn(TestRoom.PASSWORD))
                        .map(HttpCookie::getValue)
                        .orElseThrow());
    }

    private static Optional<ResponseCookie> sessionOf(EntityExchangeResult<?> answer) {
        return Optional.ofNullable(answer.getResponseCookies().getFirst("SESSION"))
                .filter(cookie -> !cookie.getValue().isEmpty());
    }

    @Test
    void the_session_cookie_is_for_this_page_only() {
        assertThat(sessionOf(tryToLogIn(TestRoom.PASSWORD))).hasValueSatisfying(cookie -> {
            assertThat(cookie.isHttpOnly()).isTrue();
            assertThat(cookie.getSameSite()).isEqualTo("Strict");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/live",
                "/events",
                "/plans",
                "/task",
                "/audit",
                "/audit.jsonl",
                "/session",
                "/room.js",
                "/actuator/env",
                "/actuator/taskstop"
            })
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

    @ParameterizedTest
    @ValueSource(strings = {"text/event-stream", "application/json", "image/png"})
    void what_wants_no_page_gets_a_plain_401_and_never_a_failure(String accept) {
        for (String path : List.of("/", "/events", "/session", "/nothing", "/actuator/env")) {
            EntityExchangeResult<byte[]> answer = get(path, "gone", MediaType.parseMediaType(accept));
            assertThat(answer.getStatus()).as(path).isEqualTo(HttpStatus.UNAUTHORIZED);
            assertThat(answer.getResponseBodyContent()).isNullOrEmpty();
        }
        assertThat(get("/login", "gone", MediaType.parseMediaType(accept))
                        .getStatus()
                        .value())
                .isBetween(400, 499);
    }

    @Test
    void who_comes_with_a_session_that_has_ended_is_told_so_and_comes_back_to_the_same_page() {
        EntityExchangeResult<byte[]> answer = get("/?state=saving", "gone", MediaType.TEXT_HTML);

        assertThat(answer.getResponseHeaders().getLocation()).hasToString("/login?ended");
        assertThat(answer.getResponseCookies().toSingleValueMap()).containsKey("WANTED");
    }

    @Test
    void nobody_has_a_session_who_is_not_logged_in() {
        int before = sessions();
        for (int i = 0; i < 20; i++) {
            for (String path : List.of("/", "/login", "/events", "/login?error", "/nothing", "/actuator/health")) {
                assertThat(sessionOf(get(path, "", MediaType.TEXT_HTML)))
                        .as(path)
                        .isEmpty();
            }
        }
        assertThat(sessionOf(tryToLogIn("nobody", "wrong"))).isEmpty();
        assertThat(sessions()).isEqualTo(before);
    }

    private int sessions() {
        DefaultWebSessionManager manager = (DefaultWebSessionManager) room.bean(WebSessionManager.class);
        return ((InMemoryWebSessionStore) manager.getSessionStore())
                .getSessions()
                .size();
    }

    @Test
    void a_wrong_password_does_not_log_in() {
        assertThat(tryToLogIn("bob", "wrong").getResponseHeaders().getLocation())
                .hasToString("/login?error");
        assertThat(tryToLogIn("bob", "bob's").getResponseHeaders().getLocation())
                .hasToString("/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text=x", "username=hank", "password=x", "username=&password=", "username=bob&password="})
    void a_login_of_which_a_part_is_missing_is_a_wrong_one(String form) {
        FormInserter<String> parts = BodyInserters.fromFormData(
                UriComponentsBuilder.newInstance().query(form).build().getQueryParams());
        assertThat(post("/login", visit("/login", ""), parts)
                        .getResponseHeaders()
                        .getLocation())
                .hasToString("/login?error");
    }

    @ParameterizedTest
    @ValueSource(strings = {"eve", "mallory"})
    void only_so_many_passwords_can_be_tried(String user) {
        for (int i = 0; i < LoginGuard.ATTEMPTS; i++) {
            assertThat(tryToLogIn(user, "wrong " + i).getResponseHeaders().getLocation())
                    .hasToString("/login?error");
        }
        assertThat(tryToLogIn(user, user.equals("eve") ? "secret" : "wrong")
                        .getResponseHeaders()
                        .getLocation())
                .hasToString("/login?wait");
        logIn();
    }

    @Test
    void a_login_page_that_is_too_old_works_where_the_browser_says_that_it_is_the_page_s_own() {
        FormInserter<String> form =
                BodyInserters.fromFormData("username", TestRoom.USER).with("password", TestRoom.PASSWORD);

        browser.post()
                .uri("/login")
                .header("Sec-Fetch-Site", "same-origin")
                .body(form)
                .exchange()
                .expectHeader()
                .location("/")
                .expectBody(Void.class);
        browser.post()
                .uri("/login")
                .header("Sec-Fetch-Site", "cross-site")
                .body(form)
                .exchange()
                .expectHeader()
                .location("/login?stale")
                .expectBody(Void.class);
        browser.post()
                .uri("/login")
                .body(form)
                .exchange()
                .expectHeader()
                .location("/login?stale")
                .expectBody(Void.class);
    }

    @Test
    void every_cookie_is_secure_behind_a_proxy_that_does_tls() {
        EntityExchangeResult<byte[]> page = browser.get()
                .uri("/?state=saving")
                .accept(MediaType.TEXT_HTML)
                .header("X-Forwarded-Proto", "https")
                .exchange()
                .expectBody()
                .returnResult();
        Visit login = visit("/login", "");
        EntityExchangeResult<byte[]> loggedIn = browser.post()
                .uri("/login")
                .header("X-Forwarded-Proto", "https")
                .cookie("CSRF", login.csrf())
                .header("X-CSRF-TOKEN", login.token())
                .body(BodyInserters.fromFormData("username", "bob").with("password", "bob's"))
                .exchange()
                .expectBody()
                .returnResult();

        assertThat(page.getResponseCookies().toSingleValueMap().values())
                .isNotEmpty()
                .allMatch(ResponseCookie::isSecure);
        assertThat(sessionOf(loggedIn))
                .hasValueSatisfying(cookie -> assertThat(cookie.isSecure()).isTrue());
    }

    @Test
    void what_comes_from_another_machine_without_tls_is_refused() {
        for (String path : List.of("/", "/login", "/events", "/room.css")) {
            browser.get()
                    .uri(path)
                    .header("X-Forwarded-For", "192.0.2.7")
                    .exchange()
                    .expectStatus()
                    .isForbidden()
                    .expectBody(Void.class);
        }
        browser.get()
                .uri("/actuator/health")
                .header("X-Forwarded-For", "192.0.2.7")
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(Void.class);
    }

    @Test
    void a_log_out_ends_the_stream_of_events() {
        Visit visit = logIn();

        StepVerifier.create(browser.get()
                        .uri("/events")
                        .accept(MediaType.TEXT_EVENT_STREAM)
                        .cookie("SESSION", visit.session())
                        .exchange()
                        .returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
                        .getResponseBody()
                        .map(event -> String.valueOf(event.event())))
                .expectNext("user", "changes")
                .then(() -> post("/logout", visit, BodyInserters.fromFormData("text", "")))
                .thenConsumeWhile(event -> !event.equals("ended"))
                .expectNext("ended")
                .expectComplete()
                .verify(LIMIT);
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
        Visit withoutToken = new Visit(logIn().session(), "", "");
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
    void an_audit_list_that_cannot_be_read_is_told_and_no_failure() throws IOException {
        Path aside = room.audit.resolveSibling("aside");
        Files.createDirectories(room.audit.getParent());
        boolean was = Files.exists(room.audit);
        if (was) {
            Files.move(room.audit, aside);
        }
        try {
            Files.createDirectory(room.audit);
            EntityExchangeResult<byte[]> page = get("/audit", logIn().session(), MediaType.TEXT_HTML);
            assertThat(page.getStatus()).isEqualTo(HttpStatus.OK);
            assertThat(new String(page.getResponseBodyContent(), UTF_8)).contains("The audit list cannot be read");
            assertThat(get("/audit.jsonl", logIn().session()).getStatus()).isEqualTo(HttpStatus.NOT_FOUND);
        } finally {
            Files.delete(room.audit);
            if (was) {
                Files.move(aside, room.audit);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/plans?repo=shop", "/plans?agent=a&agent=b", "/plans?older=abc", "/plans?sort=size"})
    void an_address_that_cannot_be_understood_is_no_question_while_others_watch(String path) {
        Visit visit = logIn();
        StepVerifier.create(browser.get()
                        .uri("/events")
                        .accept(MediaType.TEXT_EVENT_STREAM)
                        .cookie("SESSION", visit.session())
                        .exchange()
                        .returnResult(String.class)
                        .getResponseBody()
                        .filter(html -> html.contains(taskIds.get(0))))
                .expectNextCount(1)
                .then(() -> {
                    EntityExchangeResult<byte[]> answer = get(path, visit.session());
                    assertThat(answer.getStatus()).isEqualTo(HttpStatus.BAD_REQUEST);
                    assertThat(new String(answer.getResponseBodyContent(), UTF_8))
                            .startsWith("Nothing was stopped: ");
                })
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void who_has_no_javascript_is_told_so() {
        assertThat(new String(get("/", logIn().session()).getResponseBodyContent(), UTF_8))
                .contains("<noscript><p class=\"problem banner\">Without JavaScript");
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

        Flux<String> events = browser.get()
                .uri("/events")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .cookie("SESSION", visit.session())
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(String.class)
                .getResponseBody();

        // Who is logged in comes first and, on a slow machine, a sign of life.
        StepVerifier.create(events.filter(html -> html.startsWith("<")))
                .assertNext(html -> {
                    assertThat(html)
                            .contains(taskIds.get(0))
                            .doesNotContain(room.server().key());
                    assertThat(room.bean(Room.class).watchers()).isEqualTo(1);
                })
                .thenCancel()
                .verify(LIMIT);

        StepVerifier.create(Flux.interval(Duration.ofMillis(20))
                        .filter(tick -> room.bean(Room.class).watchers() == 0)
                        .next())
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }
}
