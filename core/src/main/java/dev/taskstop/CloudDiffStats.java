package dev.taskstop;

import org.jspecify.annotations.Nullable;

/** How much a task has changed, as the cloud API words it in a list and elsewhere. */
final class CloudDiffStats {

    @Nullable
    Integer totalLinesAdded;

    @Nullable
    Integer totalLinesRemoved;

    @Nullable
    Integer totalFilesChanged;

    TaskSummary.DiffStats read() {
        return new TaskSummary.DiffStats(totalLinesAdded, totalLinesRemoved, totalFilesChanged);
    }
}
