package dev.taskstop;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long an answer asks to wait: the {@code Retry-After} header in seconds or as an HTTP date in any of its three
 * forms, or else an instant in the body.
 */
final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}(\\.\\d{1,9})?");

    /** The Date header is cut to seconds and was some time on its way. */
    private static final Duration SAME_CLOCK = Duration.ofSeconds(3);

    private RetryAfter() {}

    static @Nullable Duration read(TaskResponse response, @Nullable Instant resetAt, Instant now) {
        String header = response.header("Retry-After");
        if (header != null) {
            String value = header.trim();
            if (SECONDS.matcher(value).matches()) {
                return Duration.ofMillis(Math.round(Double.parseDouble(value) * 1000));
            }
            Instant until = TaskResponse.httpDate(value);
            if (until != null) {
                return between(serverTime(response, now), until);
            }
        }
        return resetAt == null ? null : between(serverTime(response, now), resetAt);
    }

    /** Where the two clocks are far apart the server's counts; else this machine's, which knows more than seconds. */
    private static Instant serverTime(TaskResponse response, Instant now) {
        Instant serverTime = response.date();
        return serverTime == null || Duration.between(serverTime, now).abs().compareTo(SAME_CLOCK) < 0
                ? now
                : serverTime;
    }

    private static Duration between(Instant from, Instant until) {
        return until.isAfter(from) ? Duration.between(from, until) : Duration.ZERO;
    }
}
