package dev.taskstop;

import static java.time.temporal.ChronoUnit.SECONDS;

import dev.taskstop.Gate.Priority;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Asks whether a task that was stopped runs again. In the cloud API a follow-up starts the same id once more, so its
 * status tells. In the Agent API v1 a run that was cancelled stays so, and a follow-up is another run of its chat: there
 * the details tell which chat that is, and the list of what is active whether it has a newer run.
 */
final class BulkStopRevival {

    private final ApiCalls api;
    private final Gate gate;
    private final StatusPoller status;
    private final ListPages list;
    private final Duration patience;

    BulkStopRevival(ApiCalls api, Gate gate, StatusPoller status, ListPages list, Duration patience) {
        this.api = api;
        this.gate = gate;
        this.status = status;
        this.list = list;
        this.patience = patience;
    }

    /**
     * A question that can be asked again and again, one subscription at a time. It gives the state in which the task runs
     * again, or nothing when that is not seen.
     *
     * @param batch when it is over nothing is asked any more
     */
    Mono<TaskState> question(String taskId, BulkStopState batch) {
        return api.followUpIsAnotherRun() ? new Chat(taskId, batch).question() : statusOf(taskId, batch);
    }

    /** How long to wait before the next question. */
    Duration interval(long asked) {
        return status.interval(asked);
    }

    private Mono<TaskState> statusOf(String taskId, BulkStopState batch) {
        return status.onceUnless(() -> batch.over() != null, taskId)
                .map(TaskStatus::state)
                .filter(TaskState::isActive);
    }

    /** The chat of one run. */
    private final class Chat {

        private final String taskId;
        private final BulkStopState batch;

        /** Which chat it is, and when the run ended, does not change: it is asked for once. */
        private @Nullable TaskDetails run;

        Chat(String taskId, BulkStopState batch) {
            this.taskId = taskId;
            this.batch = batch;
        }

        Mono<TaskState> question() {
            return Mono.defer(() -> run == null ? details() : Mono.just(run)).flatMap(this::newerRun);
        }

        private Mono<TaskDetails> details() {
            return gate.pass(
                            Priority.POLL,
                            () -> batch.over() == null ? api.details(taskId) : Gate.unsent(Mono.empty()),
                            () -> patience)
                    .doOnNext(details -> run = details);
        }

        /** Where the server does not tell what the question needs, nothing is known, and so nothing is claimed. */
        private Mono<TaskState> newerRun(TaskDetails stopped) {
            String chatId = stopped.chatId();
            Instant endedAt = stopped.completedAt();
            if (chatId == null || chatId.isBlank() || endedAt == null) {
                return Mono.empty();
            }
            TaskQuery chat = TaskQuery.active().withChatId(chatId);
            return list.list(chat, Priority.POLL, list.selection(chat)::of, () -> batch.over() != null, batch.end())
                    .filter(run -> run.state().isActive() && isNewer(run, endedAt))
                    .next()
                    .map(TaskSummary::state);
        }

        /** Other runs of the chat may have been active before the stop, and be none of its business. */
        private boolean isNewer(TaskSummary run, Instant endedAt) {
            Instant createdAt = run.createdAt();
            return !run.taskId().equals(taskId)
                    && createdAt != null
                    && !createdAt.isBefore(endedAt)
                    && !isWithinTheSecond(createdAt, endedAt);
        }

        /** An end that is cut to seconds may have been after what was created later within that second. */
        private static boolean isWithinTheSecond(Instant createdAt, Instant endedAt) {
            return !createdAt.equals(endedAt) && createdAt.truncatedTo(SECONDS).equals(endedAt);
        }
    }
}
