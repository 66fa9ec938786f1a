package dev.taskstop;

import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The key in use, as the value of the {@code Authorization} header. One from a source is kept until the server refuses
 * it; then the source is asked for another.
 */
final class ApiKey {

    private static final Duration FOR_EVER = Duration.ofMillis(Long.MAX_VALUE);

    private final @Nullable String constant;
    private final Mono<String> source;
    private volatile @Nullable Mono<String> current;

    private ApiKey(@Nullable String constant, Mono<String> source) {
        this.constant = constant;
        this.source = source;
        this.current = constant == null ? null : Mono.just(constant);
    }

    /**
     * A key that stays the same.
     *
     * @throws IllegalArgumentException when no header can hold it; the message does not repeat it
     */
    static ApiKey of(String key) {
        check(key);
        return new ApiKey(authorization(key), Mono.empty());
    }

    /** Keys from a source that is asked when there is need. */
    static ApiKey from(Supplier<Mono<String>> source) {
        return new ApiKey(null, Guard.mono(source));
    }

    /** The same key; its source is waited for no longer than that, each time that it is asked. */
    ApiKey within(Duration patience, Scheduler scheduler) {
        if (constant != null) {
            return this;
        }
        // Signals, because an error that comes as the time is up would be dropped, and logged: it may name the key.
        return new ApiKey(
                null, source.materialize().timeout(patience, scheduler).dematerialize());
    }

    /** The key where it stays the same; null where it may change. */
    @Nullable
    String constant() {
        return constant;
    }

    /**
     * The key in use; a source that fails is asked anew by the next call. Whoever waited for the same failure gets an
     * exception of its own.
     */
    Mono<String> get() {
        return Guard.mono(this::known).onErrorMap(TaskRequestException::withoutKey);
    }

    private Mono<String> known() {
        Mono<String> key = current;
        return key == null ? renew(null) : key;
    }

    /** Another key than the one that was refused; empty when there is none. Calls that were refused together share it. */
    Mono<String> insteadOf(String refused) {
        if (constant != null) {
            return Mono.empty();
        }
        Mono<String> known = known();
        Mono<String> other = known.flatMap(key -> key.equals(refused) ? renew(known) : Mono.just(key))
                .filter(key -> !key.equals(refused))
                .onErrorComplete();
        return Guard.mono(() -> other);
    }

    private synchronized Mono<String> renew(@Nullable Mono<String> old) {
        Mono<String> key = current;
        if (key == null || key == old) {
            key = source.doOnNext(ApiKey::check)
                    .map(ApiKey::authorization)
                    .switchIfEmpty(Mono.error(() -> new IllegalStateException("The source of the API key gave none")))
                    .cache(value -> FOR_EVER, error -> Duration.ZERO, () -> Duration.ZERO);
            current = key;
        }
        return key;
    }

    private static String authorization(String key) {
        return "Bearer " + key;
    }

    private static void check(String key) {
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException("apiKey takes printable ASCII characters without spaces;"
                    + " this one is empty or has others (a line break at its end?)");
        }
    }
}
