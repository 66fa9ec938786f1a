package dev.taskstop.histories;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What happened about one id: at the server, on the wire, and what of it the client was told. */
final class Ledger {

    /** What the client can know of one stop request. */
    enum Told {
        /** Nothing yet. */
        NOTHING,
        /** An answer that says stopped. */
        STOPPED,
        /** An answer that says no. */
        REFUSED,
        /** That it was certainly not carried out. */
        NOT_SENT,
        /** Nothing that tells whether it was carried out. */
        UNKNOWN,
        /** An error before anything left, which a client need not be able to tell from one after it. */
        UNCLEAR
    }

    /** One stop request. */
    static final class Patch {
        final long calledAt;
        long leftAt = -1;
        long effectAt = -1;
        Told told = Told.NOTHING;

        Patch(long calledAt) {
            this.calledAt = calledAt;
        }

        boolean hasLeft() {
            return leftAt >= 0;
        }

        /** Whether, for all that the client knows, it may have had an effect. */
        boolean mayHaveWorked() {
            return told == Told.UNKNOWN || told == Told.UNCLEAR || (told == Told.NOTHING && hasLeft());
        }
    }

    /**
     * A status that the client was told.
     *
     * @param beyondDoubt whether its times say beyond doubt that the task had ended before the first stop request
     */
    record Seen(State state, boolean beyondDoubt) {}

    /** When the id was taken from the source. */
    long takenAt = -1;

    final List<Patch> patches = new ArrayList<>();
    int requests;
    boolean saidStopped;
    boolean saidNotFound;

    /** What a status that the client was told, or an answer to a stop, said of the task's end. */
    final Set<State> saidEnded = EnumSet.noneOf(State.class);

    @Nullable
    Seen lastSeen;

    /** Whether the last thing that the client did was to ask for the status, in vain. */
    boolean askedInVain;

    /** A further stop request. */
    Patch stop(long now) {
        Patch patch = new Patch(now);
        patches.add(patch);
        return patch;
    }

    boolean anyLeft() {
        return patches.stream().anyMatch(Patch::hasLeft);
    }

    boolean mayHaveWorked() {
        return patches.stream().anyMatch(Patch::mayHaveWorked);
    }

    /** Whether a request had an effect up to a moment. */
    boolean worked(long untilMillis) {
        return patches.stream().anyMatch(patch -> patch.effectAt >= 0 && patch.effectAt <= untilMillis);
    }
}
