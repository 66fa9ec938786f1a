package dev.taskstop;

import dev.taskstop.TaskResponseException.Reason;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Finds out what a 403 is about: one task, which is somebody else's, or the key, so that every call gets one. An answer
 * for another task shows that the key is good for something. Where there is none, a list is asked for, which names no
 * task.
 */
final class ApiForbidden {

    /** What a list says about the key. */
    private enum Key {
        GOOD,
        REFUSED,
        UNKNOWN
    }

    /** A key that was good until now may have lapsed: so many refusals in a row are worth a question. */
    private static final int MANY = 10;

    private final int few;
    private final AtomicInteger inARow = new AtomicInteger();
    private @Nullable String lastRefused;
    private volatile boolean goodBefore;
    private @Nullable Mono<Key> asked;

    /** @param few how many refusals in a row are worth a question where a key has not been good for anything yet */
    ApiForbidden(int few) {
        this.few = few;
    }

    /** An answer that only a good key gets, for whatever task. */
    void keyIsGood() {
        if (!goodBefore) {
            goodBefore = true;
        }
        if (inARow.get() != 0) {
            inARow.set(0);
        }
    }

    /** Tells whether a refusal shows that the key is good. */
    static boolean showsGoodKey(Reason reason) {
        return reason == Reason.NOT_ACTIVE || reason == Reason.NOT_FOUND;
    }

    /**
     * Fails with the refusal, saying what it is about. Those who ask at the same time share one question.
     *
     * @param taskId the task that was asked for, null where it was none
     * @param list asks for a list
     */
    <T> Mono<T> settle(@Nullable String taskId, TaskResponseException refusal, Mono<TaskPage> list) {
        if (refusalsInARow(taskId) < (goodBefore && few > 1 ? MANY : few)) {
            return Mono.error(refusal);
        }
        return Guard.mono(() -> ask(list)).flatMap(key -> {
            if (key == Key.GOOD) {
                keyIsGood();
            }
            // Where the list is no help, that no other answer has come for another task is what there is.
            boolean aboutKey = key == Key.REFUSED || (key == Key.UNKNOWN && few > 1);
            return Mono.error(aboutKey ? refusal.asAboutKey() : refusal);
        });
    }

    /** One task that is refused again says nothing more about the key. */
    private synchronized int refusalsInARow(@Nullable String taskId) {
        boolean again = taskId != null && taskId.equals(lastRefused) && inARow.get() > 0;
        lastRefused = taskId;
        return again ? inARow.get() : inARow.incrementAndGet();
    }

    private synchronized Mono<Key> ask(Mono<TaskPage> list) {
        Mono<Key> running = asked;
        if (running == null) {
            running = list.map(page -> Key.GOOD)
                    .onErrorResume(TaskException.class, failure -> Mono.just(meaningOf(failure)))
                    .doFinally(signal -> forget())
                    .cache();
            asked = running;
        }
        return running;
    }

    private static Key meaningOf(TaskException failure) {
        if (failure instanceof TaskResponseException answer && !answer.isAboutKey()) {
            return showsGoodKey(answer.reason()) ? Key.GOOD : Key.UNKNOWN;
        }
        // Only an answer that says yes is read any further.
        return failure instanceof TaskDecodingException
                ? Key.GOOD
                : failure instanceof TaskResponseException ? Key.REFUSED : Key.UNKNOWN;
    }

    private synchronized void forget() {
        asked = null;
    }
}
