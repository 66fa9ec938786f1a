package dev.taskstop.room;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
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
 * that many at once do not pass for one, and of all users together only some are checked at once.
 */
final class LoginGuard implements ReactiveAuthenticationManager {

    static final int ATTEMPTS = 5;
    static final Duration WAIT = Duration.ofMinutes(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    private static final int STRANGERS = 1_000;

    /** To check one takes a tenth of a second of a processor, which stops need too. */
    static final int AT_ONCE = 8;

    /** The longest name of a user. */
    static final int LONGEST_NAME = 100;

    private final ReactiveAuthenticationManager passwords;
    private final LongSupplier clock;
    private final Map<String, Attempts> users = new HashMap<>();

    /** Names of no user get the same answers, so that nobody learns which names are; the oldest are forgotten. */
    private final Map<String, Attempts> strangers = NewestMap.byUse(STRANGERS);

    private int underCheck;

    private static final class Attempts {
        private int count;
        private long lockedUntil = Long.MIN_VALUE;
    }

    LoginGuard(ReactiveAuthenticationManager passwords, Set<String> names, LongSupplier clock) {
        this.passwords = passwords;
        this.clock = clock;
        names.forEach(name -> users.put(key(name), new Attempts()));
    }

    /** A user is the same one however the name is written; of a name that is longer than any only this much is kept. */
    static String key(String name) {
        return Text.cut(name, LONGEST_NAME).toLowerCase(Locale.ROOT);
    }

    @Override
    public Mono<Authentication> authenticate(Authentication attempt) {
        String user = key(attempt.getName());
        return Mono.defer(() -> begin(user)
                ? Mono.defer(() -> passwords.authenticate(attempt))
                        .doOnNext(success -> forget(user))
                        .doFinally(signal -> checked())
                : Mono.error(new LockedException("Too many passwords were tried")));
    }

    private synchronized boolean begin(String user) {
        if (underCheck == AT_ONCE) {
            return false;
        }
        Attempts attempts = users.get(user);
        if (attempts == null) {
            attempts = strangers.computeIfAbsent(user, unknown -> new Attempts());
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
        underCheck++;
        return true;
    }

    private synchronized void checked() {
        underCheck--;
    }

    private synchronized void forget(String user) {
        users.put(user, new Attempts());
    }
}
