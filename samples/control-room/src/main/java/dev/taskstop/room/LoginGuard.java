package dev.taskstop.room;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import org.springframework.security.authentication.LockedException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.core.Authentication;
import reactor.core.publisher.Mono;

/**
 * Bounds how many passwords can be tried: after five for a user nobody logs in as that user for a minute, after the next
 * five for two, and so on up to a quarter of an hour. Who is logged in stays so. An attempt counts when it begins, so
 * that many at once do not pass for one.
 */
final class LoginGuard implements ReactiveAuthenticationManager {

    static final int ATTEMPTS = 5;
    static final Duration WAIT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final int STRANGERS = 1_000;

    private final ReactiveAuthenticationManager passwords;
    private final LongSupplier clock;
    private final Map<String, Attempts> users = new HashMap<>();

    /** Names of no user get the same answers, so that nobody learns which names are; the oldest are forgotten. */
    private final Map<String, Attempts> strangers = NewestMap.byUse(STRANGERS);

    private static final class Attempts {
        private int count;
        private long lockedUntil = Long.MIN_VALUE;
    }

    LoginGuard(ReactiveAuthenticationManager passwords, Set<String> names, LongSupplier clock) {
        this.passwords = passwords;
        this.clock = clock;
        names.forEach(name -> users.put(name, new Attempts()));
    }

    @Override
    public Mono<Authentication> authenticate(Authentication attempt) {
        return Mono.defer(() -> begin(attempt.getName())
                ? passwords.authenticate(attempt).doOnNext(success -> forget(attempt.getName()))
                : Mono.error(new LockedException("Too many passwords were tried")));
    }

    private synchronized boolean begin(String name) {
        Attempts attempts = users.get(name);
        if (attempts == null) {
            attempts = strangers.computeIfAbsent(name, unknown -> new Attempts());
        }
        long now = clock.getAsLong();
        if (now < attempts.lockedUntil) {
            return false;
        }
        attempts.count++;
        if (attempts.count % ATTEMPTS == 0) {
            long wait = Math.min(WAIT.toMillis() * (attempts.count / ATTEMPTS), LONGEST_WAIT.toMillis());
            attempts.lockedUntil = now + wait;
        }
        return true;
    }

    private synchronized void forget(String name) {
        users.put(name, new Attempts());
    }
}
