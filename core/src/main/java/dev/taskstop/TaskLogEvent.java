package dev.taskstop;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a task's log stream tells.
 *
 * <p>See the page <em>Stream logs</em> of the API's documentation. What a task logs and what a server words may be
 * personal data: neither is part of a text form.
 */
public sealed interface TaskLogEvent {

    /**
     * The server has begun to stream. Comes again each time the stream was resumed. The Agent API v1 does not tell it.
     *
     * @param fromIndex the index from which on log entries come; null if the server did not send it
     */
    record Connected(@Nullable Long fromIndex) implements TaskLogEvent {}

    /**
     * An entry of the log. Each index comes once, and the indices ascend.
     *
     * @param index the entry's place in the log, from 0 up
     * @param level the documentation's {@code type}: info, error, success, warning, system, or another one; in the Agent
     *     API v1 text-start, text-delta, tool-call-start, tool-input-available, tool-output-available, or another one;
     *     null if the server did not send it, or in the Agent API v1 the entry is of more than 64 KiB
     * @param contentType what the message is written in: agentResponse, ansi, system, message, plain-text, or another
     *     one; null if the server did not send it
     * @param message the text, which may have control characters; what a tool was given and what it gave is JSON; null
     *     if the server did not send it
     * @param agent which of the task's agents wrote it; null if the server did not send it
     * @param step the step of the task, or the tool, that it belongs to; null if the server did not send it
     * @param timestamp when it was written; null if the server did not send it
     */
    record Log(
            long index,
            @Nullable String level,
            @Nullable String contentType,
            @Nullable String message,
            @Nullable String agent,
            @Nullable String step,
            @Nullable Instant timestamp)
            implements TaskLogEvent {

        /** Returns the index, the level, the agent and the step. */
        @Override
        public String toString() {
            return "Log[" + index + ", level=" + level + ", agent=" + agent + ", step=" + step + "]";
        }
    }

    /**
     * The task's state, first and whenever it changes. A server repeats itself; the repetitions are left out. The Agent API
     * v1 does not tell it.
     *
     * @param state the state
     * @param error what went wrong, in the server's words; null when nothing did
     */
    record StatusChanged(TaskState state, @Nullable String error) implements TaskLogEvent {

        /** Returns the state. */
        @Override
        public String toString() {
            return "StatusChanged[" + state + "]";
        }
    }

    /**
     * The task has ended and its log is complete; the last event of a stream.
     *
     * @param state how the task ended
     * @param totalLogs how many entries the server says that it has sent, which of a stream that was resumed are those
     *     after the break only; null if the server did not send it
     */
    record Complete(TaskState state, @Nullable Long totalLogs) implements TaskLogEvent {}

    /**
     * The server has trouble with the stream. It says nothing about the task: the stream goes on, or is resumed where
     * the server ends it.
     *
     * @param message what the trouble is, in the server's words; null if the server did not send it
     */
    record ServerError(@Nullable String message) implements TaskLogEvent {

        /** Returns the name only. */
        @Override
        public String toString() {
            return "ServerError";
        }
    }
}
