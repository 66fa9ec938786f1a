package dev.taskstop.server;

import org.jspecify.annotations.Nullable;

/**
 * A follow-up message.
 *
 * @param agent who works on it
 * @param status processing, completed or stopped
 * @param statusMessage null while nothing special happened to it
 */
record FollowUpMessage(
        String prompt,
        TaskInput.Agent agent,
        long createdAt,
        Status status,
        @Nullable String statusMessage) {

    FollowUpMessage(String prompt, TaskInput.Agent agent, long createdAt) {
        this(prompt, agent, createdAt, Status.PROCESSING, null);
    }

    boolean isActive() {
        return status == Status.PROCESSING;
    }

    FollowUpMessage completed() {
        return new FollowUpMessage(prompt, agent, createdAt, Status.COMPLETED, null);
    }

    FollowUpMessage stopped() {
        return new FollowUpMessage(prompt, agent, createdAt, Status.STOPPED, "Message was stopped by user");
    }
}
