package dev.taskstop;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When the first page of a list was answered, and so which tasks are too new for who asked then. The two clocks of a
 * server, that of its {@code Date} header and that of the times in its bodies, are taken to agree until a page shows a task
 * that by them is yet to be created. What the first page with tasks shows was there, however far it is ahead. A later page
 * tells only the least by which they differ, so that half a minute more is allowed for: a task that may be old is rather
 * taken than left out.
 */
final class ListFirstPage {

    /** The date is cut to seconds, and many servers write it once a second. */
    private static final Duration GRANULARITY = Duration.ofSeconds(2);

    /** What is further ahead is no time, but a mistake. */
    private static final Duration MAX_LEAD = Duration.ofDays(1);

    private boolean noted;
    private @Nullable Instant answeredAt;
    private Duration allowance = GRANULARITY;
    private boolean seen;

    /** Once, because where the date stands still the difference seems to grow as long as tasks come. */
    private boolean widened;

    private @Nullable Instant oldestTooNew;

    /** Takes each page that is read, before its tasks are looked at. */
    void note(TaskPage page) {
        if (!noted) {
            noted = true;
            answeredAt = page.asOf();
        }
        Duration lead = lead(page);
        if (!seen && !page.tasks().isEmpty()) {
            seen = true;
            allowance = longer(allowance, lead);
        } else if (!widened && lead.compareTo(agree() ? allowance : allowance.plus(GRANULARITY)) > 0) {
            widened = true;
            allowance = allowance.plus(TaskStatus.CLOCK_TOLERANCE);
        }
    }

    private boolean agree() {
        return allowance.equals(GRANULARITY);
    }

    /** By how much the newest task is ahead of the answer. */
    private static Duration lead(TaskPage page) {
        Duration lead = Duration.ZERO;
        for (TaskSummary task : page.tasks()) {
            if (page.asOf() != null && task.createdAt() != null) {
                Duration ahead = Duration.between(page.asOf(), task.createdAt());
                lead = ahead.compareTo(MAX_LEAD) > 0 ? lead : longer(lead, ahead);
            }
        }
        return lead;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    /** Tells whether a task was, or may have been, there by then; always where the server tells no times. */
    boolean isOld(TaskSummary task) {
        Instant createdAt = task.createdAt();
        if (createdAt == null || isOld(createdAt)) {
            return true;
        }
        if (oldestTooNew == null || createdAt.isBefore(oldestTooNew)) {
            oldestTooNew = createdAt;
        }
        return false;
    }

    private boolean isOld(Instant createdAt) {
        if (answeredAt == null) {
            return true;
        }
        Duration later = Duration.between(answeredAt, createdAt);
        return later.compareTo(allowance) <= 0 || later.compareTo(MAX_LEAD) > 0;
    }

    /** Tells whether one that was left alone as too new is now known to be perhaps an old one; then forgets it. */
    boolean takeReconsidered() {
        boolean reconsidered = oldestTooNew != null && isOld(oldestTooNew);
        oldestTooNew = null;
        return reconsidered;
    }
}
