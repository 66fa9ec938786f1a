package dev.taskstop;

import dev.taskstop.StopResult.AlreadyEnded;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;

/** What a result means to somebody who asked for one stop. */
final class StopResults {

    private StopResults() {}

    /** The error that stands for a result other than {@link StopResult.Stopped}. */
    static RuntimeException error(StopResult result) {
        if (result instanceof AlreadyEnded ended) {
            return TaskResponseException.notActive(ended.state());
        }
        if (result instanceof NotFound) {
            return TaskResponseException.notFound();
        }
        if (result instanceof Failed failed) {
            return failed.error();
        }
        return new IllegalStateException("A stop outside a batch cannot be " + result);
    }
}
