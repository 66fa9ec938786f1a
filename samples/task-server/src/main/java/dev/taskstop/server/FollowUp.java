package dev.taskstop.server;

import org.jspecify.annotations.Nullable;

/**
 * A follow-up message.
 *
 * @param status processing, completed or stopped
 * @param statusMessage null while nothing special happened to it
 */
record FollowUp(
        String prompt,
        long createdAt,
        Status status,
        @Nullable String statusMessage) {

    FollowUp(String prompt, long createdAt) {
        this(prompt, createdAt, Status.PROCESSING, null);
    }

    boolean isActive() {
        return status == Status.PROCESSING;
    }

    FollowUp completed() {
        return new FollowUp(prompt, createdAt, Status.COMPLETED, null);
    }

    FollowUp stopped() {
        return new FollowUp(prompt, createdAt, Status.STOPPED, "Message was stopped by user");
    }
}
