package dev.taskstop.histories;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopResult.Stopped;
import dev.taskstop.TaskException;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskRequestException.Reason;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskState;
import dev.taskstop.histories.Ledger.Patch;
import dev.taskstop.histories.World.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Knows what really happened, and holds each result to what its kind claims (the table of {@link StopResult}). A claim
 * that is true by luck is not let through: the history in which the same answers hide another truth is among those
 * enumerated.
 */
final class Oracle {

    static final String LOST = "lost";
    static final String REPEATED = "repeated";
    static final String USELESS = "could have been found out";

    /** How much longer than its deadline a stop may take: its last request and a question after it, 10 s each. */
    private static final long PATIENCE = 30_000;

    /** What is wrong: the kind, which histories have in common, and the case. */
    record Finding(String kind, String text) {}

    /**
     * A result as it was when it was given.
     *
     * @param hadEnded whether the task had ended then, or was gone, so that one more question would have told
     */
    record Given(
            StopResult result,
            long atMillis,
            boolean hadEnded,
            @Nullable String message,
            boolean unknown,
            @Nullable Throwable cause) {

        static Given of(StopResult result, long atMillis, boolean hadEnded) {
            TaskException error = result instanceof Failed failed ? failed.error() : null;
            return error == null
                    ? new Given(result, atMillis, hadEnded, null, false, null)
                    : new Given(
                            result, atMillis, hadEnded, error.getMessage(), error.isOutcomeUnknown(), error.getCause());
        }

        boolean isStillTheSame() {
            return !(result instanceof Failed) || equals(of(result, atMillis, hadEnded));
        }
    }

    private final World world;
    private final Settings settings;
    private final List<Given> given;
    private final List<Finding> findings = new ArrayList<>();
    int failedUnknown;
    int couldHaveBeenFoundOut;
    int lastQuestionLost;

    Oracle(World world, List<Given> given) {
        this.world = world;
        this.settings = world.settings;
        this.given = given;
    }

    /** Judges a history that has come to its end. */
    List<Finding> judge(boolean completed, @Nullable Throwable error, long endedAt) {
        if (error != null) {
            found("batch ended by an error", error.toString());
        } else if (!completed && !world.isCancelled) {
            found("never ends", "");
        }
        for (Task task : world.tasks.values()) {
            long results = given.stream()
                    .filter(g -> g.result().taskId().equals(task.id))
                    .count();
            if (results > 1) {
                found(REPEATED, results + " results for " + task.id);
            }
            if (results == 0 && completed) {
                found(LOST, "no result for " + task.id);
            }
            judgeSending(task, endedAt);
        }
        given.forEach(this::judge);
        judgeExceptions();
        return findings;
    }

    private void judgeSending(Task task, long endedAt) {
        for (Patch patch : task.ledger.patches) {
            if (patch.calledAt > task.ledger.takenAt + settings.trying.deadlineMillis) {
                found("stop sent after its deadline", task.id + " at " + patch.calledAt + " ms");
            }
            if (isKeyRefusedBefore(patch)) {
                found("stop sent after the key was refused", task.id + " at " + patch.calledAt + " ms");
            }
            if (patch.leftAt > endedAt) {
                found("stop sent after the end", task.id + " at " + patch.leftAt + " ms");
            }
        }
    }

    private boolean isKeyRefusedBefore(Patch patch) {
        boolean aborts = settings.userCode != Settings.UserCode.ABORT_THROWS
                && settings.userCode != Settings.UserCode.ABORT_THROWS_ERROR;
        boolean hasNoOther = settings.key == Settings.Key.CONSTANT;
        return aborts && hasNoOther && world.keyRefusalClearAt >= 0 && patch.calledAt > world.keyRefusalClearAt;
    }

    private void judge(Given one) {
        Task task = world.task(one.result().taskId());
        Ledger ledger = task.ledger;
        StopResult result = one.result();
        if (one.atMillis() > latest(ledger)) {
            found("late", result + " after " + (one.atMillis() - ledger.takenAt) + " ms");
        }
        if (ledger.saidStopped && !(result instanceof Stopped) && !isUnconfirmed(one)) {
            found("our own stop denied", "the answer said stopped, the result is " + result);
        }
        if (result instanceof Stopped stopped) {
            judgeStopped(stopped, ledger);
        } else if (result instanceof AlreadyEnded ended) {
            judgeEnded(ended, one.atMillis(), ledger);
        } else if (result instanceof NotFound) {
            check(ledger.saidNotFound, "false NotFound", "no answer said so");
        } else if (result instanceof Failed failed) {
            judgeFailed(one, failed.error(), task);
        } else if (result instanceof Skipped skipped) {
            judgeSkipped(one, skipped, ledger);
        }
    }

    private long latest(Ledger ledger) {
        long latest = ledger.takenAt + settings.trying.deadlineMillis * (settings.confirm ? 2 : 1) + PATIENCE;
        return settings.batchDeadlineMillis == Settings.NO_DEADLINE
                ? latest
                : Math.min(latest, Math.max(settings.batchDeadlineMillis, ledger.takenAt));
    }

    private boolean isUnconfirmed(Given one) {
        return settings.confirm
                && one.unknown()
                && world.task(one.result().taskId()).ledger.saidEnded.isEmpty();
    }

    private void judgeStopped(Stopped stopped, Ledger ledger) {
        long left = ledger.patches.stream().filter(Patch::hasLeft).count();
        check(
                stopped.attempts() >= left && stopped.attempts() <= ledger.patches.size(),
                "attempts miscounted",
                stopped + ", " + left + " left");
        check(
                !settings.confirm || !ledger.saidEnded.isEmpty() || ledger.saidNotFound,
                "not confirmed",
                "no status said that it had ended");
        if (!stopped.recovered()) {
            check(ledger.saidStopped, "false Stopped", "no answer to a request of ours said so");
            return;
        }
        Ledger.Seen seen = ledger.lastSeen;
        check(!ledger.saidStopped, "false Stopped(recovered)", "an answer said stopped");
        check(ledger.mayHaveWorked(), "false Stopped(recovered)", "no request of ours can have worked");
        check(seen != null && seen.state() == State.STOPPED, "false Stopped(recovered)", "the status said " + seen);
        check(
                seen == null || !seen.beyondDoubt(),
                "false Stopped(recovered)",
                "the status shows that it ended before our first request");
    }

    private void judgeEnded(AlreadyEnded ended, long at, Ledger ledger) {
        String word = ended.state().raw();
        check(
                ledger.saidEnded.stream()
                        .anyMatch(state -> state.word(settings.v1).equals(word)),
                "false AlreadyEnded",
                "no answer said " + word);
        if (ended.perhapsByUs()) {
            check(ledger.mayHaveWorked(), "false AlreadyEnded(perhaps by us)", "no request of ours can have worked");
        } else {
            check(!ledger.worked(at), "false AlreadyEnded", "a request of ours ended it, the result is " + ended);
        }
    }

    private void judgeFailed(Given one, TaskException error, Task task) {
        Ledger ledger = task.ledger;
        String message = String.valueOf(one.message());
        String lowerCase = message.toLowerCase(Locale.ROOT);
        if (lowerCase.contains("nothing was sent") || lowerCase.contains("was not sent")) {
            check(!ledger.anyLeft(), "\"not sent\" after a stop was sent", message);
        }
        if (error instanceof TaskRequestException unanswered && unanswered.reason() == Reason.DEADLINE) {
            check(hasDeadlineCome(one, ledger), "no deadline had come", message + " after " + one.atMillis() + " ms");
        }
        if (!one.unknown()) {
            check(!ledger.worked(Long.MAX_VALUE), "false Failed(known)", "a request of ours worked: " + message);
            judgeGivingUp(one, error, ledger);
            return;
        }
        boolean unconfirmed = ledger.saidStopped && isUnconfirmed(one);
        String why = ledger.anyLeft() ? "no request of ours can have worked: " : "nothing ever left: ";
        check(ledger.mayHaveWorked() || unconfirmed, "false Failed(unknown)", why + message);
        failedUnknown++;
        if (!unconfirmed && couldHaveAsked(one, task)) {
            if (ledger.askedInVain) {
                lastQuestionLost++;
            } else {
                couldHaveBeenFoundOut++;
                found(USELESS, message);
            }
        }
    }

    private boolean hasDeadlineCome(Given one, Ledger ledger) {
        return one.atMillis() >= ledger.takenAt + settings.trying.deadlineMillis
                || (settings.batchDeadlineMillis != Settings.NO_DEADLINE
                        && one.atMillis() >= settings.batchDeadlineMillis);
    }

    /** Whether a further question was allowed, and would have told the end. */
    private boolean couldHaveAsked(Given one, Task task) {
        long deadline = task.ledger.takenAt + settings.trying.deadlineMillis;
        return one.hadEnded()
                && !isOver(one)
                && one.atMillis() + 2L * settings.latencyMillis < deadline
                && world.pausedUntil < deadline
                && settings.trying != Settings.Trying.NO_BUDGET
                && settings.trying != Settings.Trying.SLOW_GATE
                && !task.foreign
                && world.keyRefusedWith == 0;
    }

    private boolean isOver(Given one) {
        return world.isCancelled
                || world.userAborted
                || (settings.batchDeadlineMillis != Settings.NO_DEADLINE
                        && one.atMillis() >= settings.batchDeadlineMillis);
    }

    /** A task that can be stopped, now or a little later, is not left running while there is time. */
    private void judgeGivingUp(Given one, TaskException error, Ledger ledger) {
        TaskState state = error instanceof TaskResponseException answer ? answer.state() : null;
        if (state == null || one.hadEnded() || isOver(one) || world.isKeyRefusalTold) {
            return;
        }
        long spent = ((Failed) one.result())
                .failures().stream().filter(TaskException::isTransient).count();
        boolean mayTryNoMore = spent >= settings.trying.attempts || (spent > 0 && settings.trying.budget == 0);
        if (mayTryNoMore) {
            return;
        }
        long waited = one.atMillis() - ledger.takenAt;
        long patience = settings.trying.deadlineMillis - Settings.MAX_BACKOFF_MILLIS - 2L * settings.latencyMillis;
        check(
                waited >= patience || settings.trying == Settings.Trying.SLOW_GATE,
                "gave up too soon",
                one.message() + " after " + waited + " ms");
    }

    private void judgeSkipped(Given one, Skipped skipped, Ledger ledger) {
        check(!ledger.anyLeft(), "false Skipped", "a stop was sent for it: " + skipped);
        switch (skipped.reason()) {
            case ABORTED ->
                check(
                        world.isKeyRefusalTold || world.userAborted || world.isCancelled,
                        "aborted without a reason",
                        skipped.taskId());
            case DEADLINE ->
                check(
                        settings.batchDeadlineMillis != Settings.NO_DEADLINE
                                && one.atMillis() >= settings.batchDeadlineMillis,
                        "false Skipped",
                        "no deadline had come: " + skipped);
            case DRY_RUN -> check(settings.dryRun, "false Skipped", "" + skipped);
            default -> found("false Skipped", "" + skipped);
        }
    }

    private void judgeExceptions() {
        for (int i = 0; i < given.size(); i++) {
            Given one = given.get(i);
            check(one.isStillTheSame(), "exception changed after it was seen", String.valueOf(one.message()));
            for (int j = 0; j < i; j++) {
                check(
                        !(one.result() instanceof Failed a && given.get(j).result() instanceof Failed b)
                                || a.error() != b.error(),
                        "exception shared",
                        String.valueOf(one.message()));
            }
        }
    }

    private void check(boolean holds, String kind, String text) {
        if (!holds) {
            found(kind, text);
        }
    }

    private void found(String kind, String text) {
        findings.add(new Finding(kind, text));
    }
}
