package dev.taskstop.room;

import dev.taskstop.StopResult;

/** How many results of which kind a batch has so far; the recovered are among the stopped. */
record Counts(long stopped, long recovered, long alreadyEnded, long notFound, long failed, long skipped) {

    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    Counts plus(StopResult result) {
        return result.fold(
                stop -> new Counts(
                        stopped + 1, recovered + (stop.recovered() ? 1 : 0), alreadyEnded, notFound, failed, skipped),
                ended -> new Counts(stopped, recovered, alreadyEnded + 1, notFound, failed, skipped),
                unknown -> new Counts(stopped, recovered, alreadyEnded, notFound + 1, failed, skipped),
                failure -> new Counts(stopped, recovered, alreadyEnded, notFound, failed + 1, skipped),
                unsent -> new Counts(stopped, recovered, alreadyEnded, notFound, failed, skipped + 1));
    }

    public long done() {
        return stopped + alreadyEnded + notFound + failed + skipped;
    }
}
