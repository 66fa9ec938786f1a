package dev.taskstop.histories;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The world that a stop happens in: tasks, other people who stop, revive and delete them, workers that end them or
 * overwrite {@code stopped} by their own last word, a key that can be refused, a server whose body and header have
 * clocks of their own, and whoever sets this machine's clock or cancels the subscription.
 *
 * <p>All of these act when a request arrives at the server, which is when it can matter: between two requests only the
 * last word counts, but for the times, and these are what {@link Settings.Start} varies.
 *
 * <p>Not in it: two stops of the same id at once, a server that shows a state that never was.
 */
final class World {

    /** What happens when a request arrives, before it is carried out. */
    enum Meanwhile {
        NOTHING(""),
        STARTS("starts to run"),
        OTHER_STOPS("is stopped by somebody else"),
        COMPLETES("completes"),
        FAILS("fails"),
        OVERWRITTEN_BY_ERROR("is overwritten by its killed worker: error"),
        OVERWRITTEN_BY_COMPLETED("is overwritten by its worker: completed"),
        REVIVED("is started again by a follow-up"),
        DELETED("is deleted"),
        CLOCK_BACK("sees this machine's clock set back by 0.5 s"),
        CLOCK_FORWARD("sees this machine's clock set forward by 1 h"),
        CLOCK_FAR_BACK("sees this machine's clock set back by 1 h"),
        CANCEL("sees the subscriber cancel");

        private final String text;

        Meanwhile(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** A task, as it really is. */
    static final class Task {
        final String id;
        final Ledger ledger = new Ledger();
        State state = State.PROCESSING;
        State before = State.PROCESSING;

        /** True time since the beginning; null while it runs. */
        @Nullable
        Long endedAt;

        boolean exists = true;
        boolean foreign;

        Task(String id) {
            this.id = id;
        }

        void become(State next, @Nullable Long at) {
            before = state;
            state = next;
            endedAt = at;
        }
    }

    final Settings settings;
    final Clocks clocks = new Clocks();
    final Map<String, Task> tasks = new LinkedHashMap<>();

    /** What the server answers to the key from now on; 0 while it is good. */
    int keyRefusedWith;

    /** Whether the client has been told so. */
    boolean isKeyRefusalTold;

    /** When it was told so by an answer that can mean nothing else; negative while it was not. */
    long keyRefusalClearAt = -1;

    boolean userAborted;
    boolean isCancelled;
    Runnable cancel = () -> {};

    /** Until when the client was told to send nothing. */
    long pausedUntil;

    World(Settings settings) {
        this.settings = settings;
        settings.ids().forEach(id -> tasks.put(id, new Task(id)));
        Task first = task("t1");
        first.state = settings.start.state;
        first.before = first.state;
        first.endedAt = first.state.isEnded() ? -settings.start.endedMillisAgo : null;
        first.exists = settings.start != Settings.Start.MISSING;
        first.foreign = settings.start == Settings.Start.FOREIGN;
    }

    Task task(String id) {
        Task task = tasks.get(id);
        if (task == null) {
            throw new AssertionError("There is no task " + id);
        }
        return task;
    }

    /** Lets other people act. */
    void meanwhile(Task task, String request, Choices choices) {
        Meanwhile[] possible = possible(task);
        switch (choices.of(() -> "as " + request + " arrives, " + task.id + " ", possible)) {
            case NOTHING -> {}
            case STARTS -> task.become(State.PROCESSING, null);
            case OTHER_STOPS -> task.become(State.STOPPED, clocks.millis());
            case COMPLETES -> task.become(State.COMPLETED, clocks.millis());
            case FAILS, OVERWRITTEN_BY_ERROR -> task.become(State.ERROR, clocks.millis());
            case OVERWRITTEN_BY_COMPLETED -> task.become(State.COMPLETED, task.endedAt);
            case REVIVED -> task.become(State.PROCESSING, null);
            case DELETED -> task.exists = false;
            case CLOCK_BACK -> clocks.stepWallClock(-500);
            case CLOCK_FORWARD -> clocks.stepWallClock(3_600_000);
            case CLOCK_FAR_BACK -> clocks.stepWallClock(-3_600_000);
            case CANCEL -> {
                isCancelled = true;
                cancel.run();
            }
        }
    }

    private Meanwhile[] possible(Task task) {
        List<Meanwhile> possible = new ArrayList<>();
        possible.add(Meanwhile.NOTHING);
        switch (task.state) {
            case PENDING -> possible.add(Meanwhile.STARTS);
            case PROCESSING -> {
                possible.add(Meanwhile.OTHER_STOPS);
                possible.add(Meanwhile.COMPLETES);
                possible.add(Meanwhile.FAILS);
            }
            case STOPPED -> {
                possible.add(Meanwhile.OVERWRITTEN_BY_ERROR);
                possible.add(Meanwhile.OVERWRITTEN_BY_COMPLETED);
            }
            case COMPLETED, ERROR -> {}
        }
        if (task.state.isEnded() && !settings.v1) {
            possible.add(Meanwhile.REVIVED);
        }
        if (task.exists) {
            possible.add(Meanwhile.DELETED);
        }
        possible.add(Meanwhile.CLOCK_BACK);
        possible.add(Meanwhile.CLOCK_FORWARD);
        possible.add(Meanwhile.CLOCK_FAR_BACK);
        if (!isCancelled) {
            possible.add(Meanwhile.CANCEL);
        }
        return possible.toArray(Meanwhile[]::new);
    }

    /** Carries a stop out; true when it stopped the task. */
    boolean carryOut(Task task, Ledger.Patch patch) {
        boolean works = keyRefusedWith == 0 && task.exists && !task.foreign && task.state == State.PROCESSING;
        if (works) {
            task.become(State.STOPPED, clocks.millis());
            patch.effectAt = clocks.millis();
        }
        return works;
    }

    void refuseKey(int status) {
        if (keyRefusedWith == 0) {
            keyRefusedWith = status;
        }
    }

    /** Tells the client; a 403 about one id may be about that id alone. */
    void tellKeyRefused(boolean isClear) {
        isKeyRefusalTold = true;
        if (isClear && keyRefusalClearAt < 0) {
            keyRefusalClearAt = clocks.millis();
        }
    }

    /** The server's clock that its header shows: it is right. */
    Instant date() {
        return Instant.ofEpochMilli(Clocks.BEGIN_MILLIS + clocks.millis());
    }

    /** When the task ended, by the server's other clock; null when it has not or the server does not say. */
    @Nullable
    Instant completedAt(Task task) {
        if (task.endedAt == null || settings.clocks == Settings.ServerClocks.NO_COMPLETED_AT) {
            return null;
        }
        long millis = Clocks.BEGIN_MILLIS + task.endedAt + settings.clocks.skewMillis;
        return Instant.ofEpochMilli(millis - Math.floorMod(millis, settings.clocks.granularityMillis));
    }
}
