package dev.taskstop.server;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What really happened to one task.
 *
 * @param taskId the task
 * @param stopRequests the number of stop requests seen for it, whatever was answered
 * @param effectiveRequest the number, from 1, of the last stop request that took effect; 0 when none did
 * @param stoppedAt when that was, null when none did
 * @param status the status now
 * @param sandboxesLeft the number of sandboxes that go on, and cost money, although the task or an earlier run of it has
 *     ended
 */
public record LedgerEntry(
        String taskId,
        int stopRequests,
        int effectiveRequest,
        @Nullable Instant stoppedAt,
        Status status,
        int sandboxesLeft) {

    /**
     * What happened to a task that has left no sandboxes behind.
     *
     * @param taskId the task
     * @param stopRequests the number of stop requests seen for it
     * @param effectiveRequest the number of the last one that took effect, or 0
     * @param stoppedAt when that was, or null
     * @param status the status now
     */
    public LedgerEntry(
            String taskId, int stopRequests, int effectiveRequest, @Nullable Instant stoppedAt, Status status) {
        this(taskId, stopRequests, effectiveRequest, stoppedAt, status, 0);
    }
}
