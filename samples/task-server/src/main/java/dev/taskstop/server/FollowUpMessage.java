package dev.taskstop.server;

import org.jspecify.annotations.Nullable;

/**
 * A follow-up message.
 *
 * @param status processing, completed or stopped
 * @param statusMessage null while nothing special happened to it
 */
record FollowUpMessage(
        String prompt,
        long createdAt,
        Status status,
        @Nullable String statusMessage) {

    FollowUpMessage(String prompt, long createdAt) {
        this(prompt, createdAt, Status.PROCESSING, null);
    }

    boolean isActive() {
        return status == Status.PROCESSING;
    }

    FollowUpMessage completed() {
        return new FollowUpMessage(prompt, createdAt, Status.COMPLETED, null);
    }

    FollowUpMessage stopped() {
        return new FollowUpMessage(prompt, createdAt, Status.STOPPED, "Message was stopped by user");
    }
}
