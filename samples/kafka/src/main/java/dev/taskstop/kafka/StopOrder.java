package dev.taskstop.kafka;

import org.jspecify.annotations.Nullable;

/** What a record asks for, in as few characters as its report takes: a value may be as large as the broker allows. */
sealed interface StopOrder {

    /**
     * Stop a task. Whether the id can be one is the client's to say.
     *
     * @param taskId the id
     * @param reason why, cut if it is long; null if the record does not say
     */
    record Stop(String taskId, @Nullable String reason) implements StopOrder {}

    /**
     * Nothing that could be stopped, now or later.
     *
     * @param text how the value begins
     * @param sha256 of the whole value, in hexadecimal
     * @param problem what is wrong with it, without repeating it
     */
    record SetAside(String text, String sha256, String problem) implements StopOrder {}
}
