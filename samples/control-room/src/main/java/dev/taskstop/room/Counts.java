package dev.taskstop.room;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Stopped;

/** How many results of which kind a batch has so far; the recovered are among the stopped. */
record Counts(long stopped, long recovered, long alreadyEnded, long notFound, long failed, long skipped) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    Counts plus(StopResult result) {
        if (result instanceof Stopped stop) {
            return new Counts(
                    stopped + 1, recovered + (stop.recovered() ? 1 : 0), alreadyEnded, notFound, failed, skipped);
        }
        if (result instanceof AlreadyEnded) {
            return new Counts(stopped, recovered, alreadyEnded + 1, notFound, failed, skipped);
        }
        if (result instanceof NotFound) {
            return new Counts(stopped, recovered, alreadyEnded, notFound + 1, failed, skipped);
        }
        if (result instanceof Failed) {
            return new Counts(stopped, recovered, alreadyEnded, notFound, failed + 1, skipped);
        }
        return new Counts(stopped, recovered, alreadyEnded, notFound, failed, skipped + 1);
    }

    public long done() {
        return stopped + alreadyEnded + notFound + failed + skipped;
    }
}
