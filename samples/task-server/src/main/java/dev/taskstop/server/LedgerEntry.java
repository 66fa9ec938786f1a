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
 */
public record LedgerEntry(
        String taskId,
        int stopRequests,
        int effectiveRequest,
        @Nullable Instant stoppedAt,
        Status status) {}
