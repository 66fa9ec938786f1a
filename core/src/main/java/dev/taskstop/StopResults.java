package dev.taskstop;

import dev.taskstop.StopResult.Failed;

/** What a result means to somebody who asked for one stop. */
final class StopResults {

    private StopResults() {}

    /** The error that stands for a result other than {@link StopResult.Stopped}. */
    static RuntimeException error(StopResult result) {
        return result.fold(
                StopResults::impossible,
                ended -> TaskResponseException.notActive(ended.state()).copy(ended.perhapsByUs()),
                notFound -> TaskResponseException.notFound(),
                Failed::error,
                StopResults::impossible);
    }

    private static RuntimeException impossible(StopResult result) {
        return new IllegalStateException("A stop outside a batch that failed cannot be " + result);
    }
}
