package dev.taskstop;

import dev.taskstop.Gate.Priority;
import dev.taskstop.StopResult.Skipped;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What the stops of one bulk stop share: whether it is over before its time, and why. */
final class BulkStopState {

    /** The batch of a task that is stopped alone; it is never over. */
    static final BulkStopState NONE = new BulkStopState(false, null, null);

    private final @Nullable String reason;
    private final Sinks.@Nullable Empty<Void> deadline;
    private final @Nullable BulkStopDemand demand;
    private final Sinks.Empty<Void> end = Sinks.empty();
    private volatile Skipped.@Nullable Reason over;

    BulkStopState(boolean hasDeadline, @Nullable String reason, @Nullable BulkStopDemand demand) {
        this.reason = reason;
        this.deadline = hasDeadline ? Sinks.empty() : null;
        this.demand = demand;
    }

    /** Why its tasks are to be stopped, in the words of who wants it; null when none were given. */
    @Nullable
    String reason() {
        return reason;
    }

    /** Tells why nothing more is to be sent; null while the batch goes on. */
    Skipped.@Nullable Reason over() {
        return over;
    }

    /** When the first attempt to stop one of its tasks has its turn: that of a single task does not wait for others. */
    Priority first() {
        return this == NONE ? Priority.STOP : Priority.BULK;
    }

    /** When another attempt, or a question, has its turn. */
    Priority later() {
        return this == NONE ? Priority.BULK : Priority.RETRY;
    }

    /** Lets another task begin in place of one that has to wait; to be disposed of before that one has its result. */
    Disposable setAside() {
        return demand == null ? Disposables.disposed() : demand.setAside();
    }

    void abort() {
        end(Skipped.Reason.ABORTED);
    }

    /**
     * Nobody waits for its results any more. That nothing more is sent is known before the cancel goes on, which makes room
     * for what waits; who would end at the end is cancelled, and has no result.
     */
    void cancel() {
        overFor(Skipped.Reason.ABORTED);
    }

    void expire() {
        end(Skipped.Reason.DEADLINE);
        if (deadline != null) {
            deadline.tryEmitEmpty();
        }
    }

    private void end(Skipped.Reason reason) {
        overFor(reason);
        end.tryEmitEmpty();
    }

    private void overFor(Skipped.Reason reason) {
        if (over == null) {
            over = reason;
        }
    }

    /** Completes at the deadline; null when there is none. */
    @Nullable
    Mono<Void> deadline() {
        return deadline == null ? null : deadline.asMono();
    }

    /** Completes when nothing more is to be sent, and somebody waits for the results of what has begun. */
    Mono<Void> end() {
        return end.asMono();
    }
}
