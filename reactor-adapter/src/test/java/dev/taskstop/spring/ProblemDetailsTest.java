package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A WebFlux application; that of Spring MVC is in {@link SpringMvcTest}. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ProblemDetailsTest {

    /** The end of a context of its own takes Reactor Netty's event loops away, and with them the server of the others. */
    private static final int LAST = Integer.MAX_VALUE;

    private static final AtomicReference<ConfigurableApplicationContext> CONTEXT = new AtomicReference<>();

    @BeforeAll
    static void start() {
        CONTEXT.set(started("--taskstop.problem-details.enabled=true"));
    }

    @AfterAll
    static void stop() {
        Objects.requireNonNull(CONTEXT.get()).close();
    }

    private static ConfigurableApplicationContext started(String... arguments) {
        return new SpringApplicationBuilder(ProblemApplication.class)
                .web(WebApplicationType.REACTIVE)
                .properties("server.port=0", "spring.main.banner-mode=off", "taskstop.api-key=bb_test")
                .run(arguments);
    }

    private static WebTestClient.ResponseSpec asked(ConfigurableApplicationContext context, String path) {
        return WebTestClient.bindToServer()
                .responseTimeout(Signals.LIMIT)
                .build()
                .delete()
                // As it is: a text would be encoded once more.
                .uri(URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path))
                .exchange();
    }

    @ParameterizedTest
    @CsvSource({
        "400, 409, NOT_ACTIVE, false",
        "401, 502, UNAUTHORIZED, false",
        "402, 502, PAYMENT_REQUIRED, false",
        "403, 502, FORBIDDEN, false",
        "404, 404, NOT_FOUND, false",
        "409, 502, UNEXPECTED, false",
        "500, 502, SERVER_ERROR, true"
    })
    void an_answer_that_says_no_is_told_in_its_meaning(
            int answered, int status, String reason, boolean outcomeUnknown) {
        asked(Objects.requireNonNull(CONTEXT.get()), "/tasks/t" + answered)
                .expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.status")
                .isEqualTo(status)
                .jsonPath("$.detail")
                .isNotEmpty()
                .jsonPath("$.instance")
                .isEqualTo("/tasks/t" + answered)
                .jsonPath("$.reason")
                .isEqualTo(reason)
                .jsonPath("$.outcomeUnknown")
                .isEqualTo(outcomeUnknown);
    }

    /** As the guide's table has it. */
    @ParameterizedTest
    @CsvSource({
        "silent, 504, NO_ANSWER, true",
        "cut, 504, NO_ANSWER, true",
        "away, 502, NOT_SENT, false",
        "refused, 502, NOT_PROCESSED, false",
        "garbage, 404, NOT_FOUND, false"
    })
    void what_got_no_answer_is_told_in_its_meaning(String taskId, int status, String reason, boolean outcomeUnknown) {
        asked(Objects.requireNonNull(CONTEXT.get()), "/tasks/" + taskId)
                .expectStatus()
                .isEqualTo(status)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.reason")
                .isEqualTo(reason)
                .jsonPath("$.outcomeUnknown")
                .isEqualTo(outcomeUnknown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/event-stream",
                "application/x-ndjson",
                "application/problem+json",
                "application/json",
                "*/*"
            })
    void a_problem_is_told_whatever_the_caller_would_rather_have(String accept) {
        WebTestClient.bindToServer()
                .responseTimeout(Signals.LIMIT)
                .build()
                .delete()
                .uri("http://127.0.0.1:"
                        + Objects.requireNonNull(CONTEXT.get()).getEnvironment().getProperty("local.server.port")
                        + "/tasks/t404")
                .header("Accept", accept)
                .exchange()
                .expectStatus()
                .isEqualTo(404)
                .expectBody()
                .jsonPath("$.reason")
                .isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(LAST)
    void a_pause_that_the_server_wants_is_handed_on() {
        // A client of its own, because it pauses.
        try (ConfigurableApplicationContext context = started("--taskstop.problem-details.enabled=true")) {
            asked(context, "/tasks/t429")
                    .expectStatus()
                    .isEqualTo(503)
                    .expectHeader()
                    .valueEquals("Retry-After", "120")
                    .expectBody()
                    .jsonPath("$.reason")
                    .isEqualTo("RATE_LIMITED");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/tasks/a b", "/routed/a b"})
    void an_id_that_cannot_be_one_is_a_bad_request(String path) {
        asked(Objects.requireNonNull(CONTEXT.get()), path.replace(" ", "%0A"))
                .expectStatus()
                .isEqualTo(400)
                .expectBody()
                .jsonPath("$.reason")
                .isEqualTo("REFUSED");
    }

    @Test
    void routes_are_told_of_too() {
        asked(Objects.requireNonNull(CONTEXT.get()), "/routed/t404")
                .expectStatus()
                .isEqualTo(404)
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.reason")
                .isEqualTo("NOT_FOUND");
    }

    @Test
    @Order(LAST)
    void nothing_is_told_unless_it_is_asked_for() {
        try (ConfigurableApplicationContext context = started()) {
            assertThat(context.getBeanNamesForType(TaskProblems.class)).isEmpty();
            asked(context, "/tasks/t404").expectStatus().isEqualTo(500).expectBody();
        }
    }
}
