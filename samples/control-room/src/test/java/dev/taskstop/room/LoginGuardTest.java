package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
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
    void a_user_is_the_same_one_however_the_name_is_written() {
        for (String name : List.of("ada", "Ada", "ADA", "aDa", "adA")) {
            wrong(name, 1);
        }
        Stream.of("ada", "ADa", "AdA", "ADA").forEach(this::locked);
    }

    @Test
    void a_name_that_is_longer_than_any_is_kept_in_part() {
        assertThat(LoginGuard.key("A\u212A".repeat(500_000))).isEqualTo("ak".repeat(50));
        assertThat(LoginGuard.key("a".repeat(99) + "\uD83D\uDE00")).isEqualTo("a".repeat(99));
    }

    @Test
    void only_some_passwords_are_checked_at_once_and_each_end_makes_room() {
        Sinks.Empty<Authentication> answer = Sinks.empty();
        LoginGuard slow = new LoginGuard(attempt -> answer.asMono(), Set.of(), clock::get);
        List<String> refused = new ArrayList<>();
        Disposable.Composite attempts = Disposables.composite();
        for (int i = 0; i <= LoginGuard.AT_ONCE; i++) {
            String user = "user-" + i;
            attempts.add(slow.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(user, "wrong"))
                    .subscribe(success -> {}, failure -> refused.add(user)));
        }
        assertThat(refused).containsExactly("user-" + LoginGuard.AT_ONCE);

        attempts.dispose();
        answer.tryEmitEmpty();
        StepVerifier.create(slow.authenticate(UsernamePasswordAuthenticationToken.unauthenticated("user", "wrong")))
                .expectComplete()
                .verify(LIMIT);
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
