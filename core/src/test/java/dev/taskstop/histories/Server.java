package dev.taskstop.histories;

import dev.taskstop.TaskRequest;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponse;
import dev.taskstop.histories.Ledger.Patch;
import dev.taskstop.histories.Ledger.Told;
import dev.taskstop.histories.World.Task;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the server does with a request that arrives, and what the client will hear of it. */
final class Server {

    private static final long LATE = 300;

    /** The library allows 30 s between the server's two clocks, and for what each of them cuts off. */
    private static final Duration TOLERANCE = Duration.ofSeconds(33);

    private final World world;
    private final Clocks clocks;
    private final Answers answers;

    /**
     * What the client hears.
     *
     * @param told what it then knows of a stop
     * @param inVain whether a question for the status got nothing out of it
     * @param response the answer; null where there is none, for the reason {@code failure} or for no reason at all
     * @param whenHeard what becomes true by its hearing it
     */
    record Reply(
            Told told,
            boolean inVain,
            @Nullable TaskResponse response,
            @Nullable Throwable failure,
            Runnable whenHeard) {

        private static void nothing() {}

        /** One that says no. */
        static Reply no(TaskResponse response, boolean inVain, Runnable whenHeard) {
            return new Reply(Told.REFUSED, inVain, response, null, whenHeard);
        }

        /** One that leaves it open what became of the request. */
        static Reply puzzling(@Nullable TaskResponse response) {
            return new Reply(Told.UNKNOWN, true, response, null, Reply::nothing);
        }

        static Reply failure(Told told, Throwable failure) {
            return new Reply(told, true, null, failure, Reply::nothing);
        }
    }

    Server(World world) {
        this.world = world;
        this.clocks = world.clocks;
        this.answers = new Answers(world);
    }

    /**
     * Takes a request.
     *
     * @param task what it is about; null for a list
     * @param patch its entry in the ledger; null for what is no stop
     */
    Reply take(TaskRequest request, @Nullable Task task, @Nullable Patch patch, Fate fate) {
        act(task, patch, fate);
        String id = task == null ? "" : task.id;
        return switch (fate) {
            case LOST, LATE, ANSWER_LOST, TIMED_OUT ->
                Reply.failure(Told.UNKNOWN, TaskRequestException.noAnswer(request, new IOException("reset")));
            case NOT_PROCESSED ->
                Reply.failure(
                        Told.NOT_SENT, TaskRequestException.notProcessed(request, new IOException("REFUSED_STREAM")));
            case ERROR -> Reply.failure(Told.UNKNOWN, new NoClassDefFoundError("a part of the transport"));
            case EMPTY -> Reply.puzzling(null);
            case NULL_BODY -> withoutBody();
            case FAILS_BEFORE, FAILS_AFTER -> Reply.puzzling(answers.answer(500, Answers.NO_BODY));
            case ODD_STATUS -> Reply.puzzling(answers.answer(799, ""));
            case UNREADABLE -> Reply.puzzling(answers.answer(200, Answers.HTML));
            case SHOWS_ACTIVE, SHOWS_ACTIVE_AFTER -> Reply.puzzling(answers.stop(id, word(State.PROCESSING)));
            case SHOWS_STRANGE -> Reply.puzzling(answers.stop(id, "archived"));
            case SHOWS_OTHER, SHOWS_OTHER_AFTER ->
                Reply.puzzling(
                        patch == null
                                ? answers.status("t9", State.STOPPED, null)
                                : answers.stop("t9", word(State.STOPPED)));
            case SLOW_DOWN -> slowDown(1);
            case LONG_PAUSE -> slowDown(60);
            case REDIRECT -> refusal(task, 302);
            case SHOWS_COMPLETED ->
                task != null && task.state.isEnded() && task.state != State.STOPPED
                        ? showsEnd(task)
                        : honest(task, patch, fate);
            default -> honest(task, patch, fate);
        };
    }

    /** What happens to the world; an ordinary request is carried out when it is answered. */
    private void act(@Nullable Task task, @Nullable Patch patch, Fate fate) {
        switch (fate) {
            case ANSWER_LOST, TIMED_OUT, FAILS_AFTER, ODD_STATUS, SHOWS_ACTIVE_AFTER -> carryOut(task, patch);
            case SHOWS_STRANGE, SHOWS_OTHER_AFTER, UNREADABLE, EMPTY, ERROR, NULL_BODY -> carryOut(task, patch);
            case LATE -> clocks.after(LATE, () -> carryOut(task, patch));
            case FORBIDDEN -> {
                if (task != null) {
                    task.foreign = true;
                }
            }
            case KEY_FORBIDDEN -> world.refuseKey(403);
            case KEY_REFUSED -> world.refuseKey(401);
            case UNPAID -> world.refuseKey(402);
            case SHOWS_COMPLETED -> {
                if (task != null && task.state == State.PROCESSING) {
                    task.become(State.COMPLETED, clocks.millis());
                }
            }
            default -> {}
        }
    }

    private void carryOut(@Nullable Task task, @Nullable Patch patch) {
        if (task != null && patch != null) {
            world.carryOut(task, patch);
        }
    }

    private Reply honest(@Nullable Task task, @Nullable Patch patch, Fate fate) {
        if (world.keyRefusedWith != 0) {
            return refusal(task, world.keyRefusedWith);
        } else if (task == null) {
            return new Reply(Told.NOTHING, false, answers.answer(200, Answers.EMPTY_LIST), null, Reply::nothing);
        } else if (!task.exists) {
            return refusal(task, 404);
        } else if (task.foreign) {
            return refusal(task, 403);
        } else if (patch == null) {
            return status(task, fate == Fate.STALE ? task.before : task.state);
        } else if (!world.carryOut(task, patch)) {
            return refusal(task, 400);
        }
        TaskResponse response = answers.stop(task.id, word(State.STOPPED));
        return new Reply(Told.STOPPED, false, response, null, () -> task.ledger.saidStopped = true);
    }

    /** A transport that makes an answer without a body gives it to the client, or fails in making it. */
    private Reply withoutBody() {
        try {
            return Reply.puzzling(answers.withoutBody());
        } catch (NullPointerException e) {
            return Reply.failure(Told.UNKNOWN, e);
        }
    }

    private Reply slowDown(int seconds) {
        return Reply.no(
                answers.slowDown(seconds),
                false,
                () -> world.pausedUntil = Math.max(world.pausedUntil, clocks.millis() + seconds * 1_000L));
    }

    private Reply refusal(@Nullable Task task, int status) {
        boolean isAboutKey = status == world.keyRefusedWith;
        boolean isInVain = status != 400 && status != 404;
        return Reply.no(answers.answer(status, Answers.NO_BODY), isInVain, () -> {
            if (isAboutKey) {
                world.tellKeyRefused(status != 403 || task == null);
            }
            if (status == 404 && task != null) {
                task.ledger.saidNotFound = true;
            }
        });
    }

    private Reply showsEnd(Task task) {
        State end = task.state;
        return Reply.no(answers.stop(task.id, word(end)), false, () -> task.ledger.saidEnded.add(end));
    }

    private Reply status(Task task, State shown) {
        Ledger ledger = task.ledger;
        Instant completedAt = shown.isEnded() ? world.completedAt(task) : null;
        Instant date = world.date();
        boolean isStale = shown != task.state;
        return Reply.no(answers.status(task.id, shown, completedAt), isStale, () -> {
            ledger.lastSeen = new Ledger.Seen(shown, isBeyondDoubt(ledger, completedAt, date));
            if (shown.isEnded()) {
                ledger.saidEnded.add(shown);
            }
        });
    }

    /** Whether the server's clocks say that it ended before our first request, by more than they can be apart. */
    private boolean isBeyondDoubt(Ledger ledger, @Nullable Instant completedAt, Instant date) {
        if (completedAt == null || ledger.patches.isEmpty() || world.settings.clocks == Settings.ServerClocks.NO_DATE) {
            return false;
        }
        long since = clocks.millis() - ledger.patches.get(0).calledAt;
        return completedAt.isBefore(date.minusMillis(since).minus(TOLERANCE));
    }

    private String word(State state) {
        return state.word(world.settings.v1);
    }
}
