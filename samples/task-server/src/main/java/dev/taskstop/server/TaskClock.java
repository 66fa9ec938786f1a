package dev.taskstop.server;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How the times in bodies are written: by a clock of their own, which is not that of the {@code Date} header. */
final class TaskClock {

    private final long granularity;
    private final long skew;

    TaskClock(Duration granularity, Duration skew) {
        this.granularity = Math.max(1, granularity.toMillis());
        this.skew = skew.toMillis();
    }

    String text(long millis) {
        return Times.iso(Math.floorDiv(millis + skew, granularity) * granularity);
    }

    @Nullable
    String textOrNull(@Nullable Long millis) {
        return millis == null ? null : text(millis);
    }
}
