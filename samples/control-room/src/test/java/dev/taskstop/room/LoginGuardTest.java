package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

class LoginGuardTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final AtomicLong clock = new AtomicLong(7);
    private final AtomicInteger looked = new AtomicInteger();
    private final LoginGuard guard = new LoginGuard(this::check, Set.of("ada", "bob"), clock::get);

    private Mono<Authentication> check(Authentication attempt) {
        looked.incrementAndGet();
        return "right".equals(attempt.getCredentials())
                ? Mono.just(attempt)
                : Mono.error(new BadCredentialsException("wrong"));
    }

    private Mono<Authentication> attempt(String user, String password) {
        return guard.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(user, password));
    }

    private void wrong(String user, int times) {
        for (int i = 0; i < times; i++) {
            StepVerifier.create(attempt(user, "wrong"))
                    .expectError(BadCredentialsException.class)
                    .verify(LIMIT);
        }
    }

    private void locked(String user) {
        StepVerifier.create(attempt(user, "right"))
                .expectError(LockedException.class)
                .verify(LIMIT);
    }

    @Test
    void five_wrong_ones_keep_everybody_out_as_that_user_for_a_growing_time() {
        wrong("ada", 5);
        locked("ada");
        StepVerifier.create(attempt("bob", "right"))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);

        clock.addAndGet(LoginGuard.WAIT.toMillis());
        wrong("ada", 5);
        clock.addAndGet(LoginGuard.WAIT.toMillis());
        locked("ada");
        clock.addAndGet(LoginGuard.WAIT.toMillis());
        StepVerifier.create(attempt("ada", "right"))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
        wrong("ada", 4);
    }

    @Test
    void attempts_at_the_same_time_count_each() {
        StepVerifier.create(Flux.range(0, 100)
                        .flatMap(i -> attempt("ada", "wrong").onErrorResume(failure -> Mono.empty()), 100))
                .expectComplete()
                .verify(LIMIT);
        assertThat(looked).hasValue(5);
    }

    @Test
    void a_name_of_nobody_gets_the_same_answers_and_others_do_not_make_it_forgotten_that_somebody_is_kept_out() {
        wrong("eve", 5);
        locked("eve");
        wrong("ada", 5);
        for (int i = 0; i < 2_000; i++) {
            wrong("stranger-" + i, 1);
        }
        locked("ada");
    }
}
