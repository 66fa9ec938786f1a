package dev.taskstop;

import dev.taskstop.StopResult.Skipped;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What the stops of one bulk stop share: whether it is over before its time, and why. */
final class Batch {

    /** The batch of a task that is stopped alone; it is never over. */
    static final Batch NONE = new Batch(false);

    private final Sinks.@Nullable Empty<Void> deadline;
    private volatile Skipped.@Nullable Reason over;

    Batch(boolean hasDeadline) {
        this.deadline = hasDeadline ? Sinks.empty() : null;
    }

    /** Tells why nothing more is to be sent; null while the batch goes on. */
    Skipped.@Nullable Reason over() {
        return over;
    }

    void abort() {
        if (over == null) {
            over = Skipped.Reason.ABORTED;
        }
    }

    void expire() {
        if (over == null) {
            over = Skipped.Reason.DEADLINE;
        }
        if (deadline != null) {
            deadline.tryEmitEmpty();
        }
    }

    /** Completes at the deadline; null when there is none. */
    @Nullable
    Mono<Void> deadline() {
        return deadline == null ? null : deadline.asMono();
    }
}
