package dev.taskstop.histories;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopRetry;
import dev.taskstop.TaskDialect;
import java.time.Duration;
import java.util.List;

/** How a history begins: the tasks, the server's clocks, and what the caller asked for. */
final class Settings {

    static final int ATTEMPTS = 3;
    static final long DEADLINE_MILLIS = 20_000;
    static final long MAX_BACKOFF_MILLIS = 5_000;
    static final int NO_DEADLINE = 0;

    enum Ids {
        ONE("one id", 1, 1),
        AT_ONCE("two ids, at once", 2, 2),
        IN_TURN("three ids, one after the other", 3, 1);

        private final String text;
        private final int count;
        private final int concurrency;

        Ids(String text, int count, int concurrency) {
            this.text = text;
            this.count = count;
            this.concurrency = concurrency;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** What t1 is when it all begins; the others are being processed. */
    enum Start {
        PROCESSING("being processed", State.PROCESSING, 0),
        PENDING("pending", State.PENDING, 0),
        STOPPED_LONG_AGO("stopped by somebody 10 minutes ago", State.STOPPED, 600_000),
        STOPPED_A_WHILE_AGO("stopped by somebody 40 s ago", State.STOPPED, 40_000),
        STOPPED_JUST_NOW("stopped by somebody 1 s ago", State.STOPPED, 1_000),
        COMPLETED("completed 10 minutes ago", State.COMPLETED, 600_000),
        MISSING("missing", State.PROCESSING, 0),
        FOREIGN("somebody else's", State.PROCESSING, 0);

        private final String text;
        final State state;
        final long endedMillisAgo;

        Start(String text, State state, long endedMillisAgo) {
            this.text = text;
            this.state = state;
            this.endedMillisAgo = endedMillisAgo;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** By how much the clock of {@code completedAt} is ahead of the one of the {@code Date} header, and how exact it is. */
    enum ServerClocks {
        AGREE("agree to the millisecond", 0, 1),
        WHOLE_SECONDS("agree, and completedAt is in whole seconds", 0, 1_000),
        BEHIND_LITTLE("completedAt 300 ms behind Date", -300, 1),
        AHEAD_LITTLE("completedAt 300 ms ahead of Date", 300, 1),
        BEHIND("completedAt 1 s behind Date, in whole seconds", -1_000, 1_000),
        AHEAD("completedAt 2 s ahead of Date", 2_000, 1),
        FAR_BEHIND("completedAt 5 s behind Date", -5_000, 1),
        FAR_AHEAD("completedAt 5 s ahead of Date", 5_000, 1),
        NO_DATE("no Date header", 0, 1),
        NO_COMPLETED_AT("no completedAt", 0, 1);

        private final String text;
        final long skewMillis;
        final long granularityMillis;

        ServerClocks(String text, long skewMillis, long granularityMillis) {
            this.text = text;
            this.skewMillis = skewMillis;
            this.granularityMillis = granularityMillis;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    enum Trying {
        USUAL("3 attempts, 20 s", ATTEMPTS, DEADLINE_MILLIS, 100, 100),
        ONCE("1 attempt", 1, DEADLINE_MILLIS, 100, 100),
        TWICE("2 attempts", 2, DEADLINE_MILLIS, 100, 100),
        NO_BUDGET("no retry budget", ATTEMPTS, DEADLINE_MILLIS, 100, 0),
        SHORT("a deadline of 1 s, a backoff of 3 s", ATTEMPTS, 1_000, 3_000, 100),
        SLOW_GATE("2 requests a minute", ATTEMPTS, DEADLINE_MILLIS, 100, 100);

        private final String text;
        final int attempts;
        final long deadlineMillis;
        final long minBackoffMillis;
        final int budget;

        Trying(String text, int attempts, long deadlineMillis, long minBackoffMillis, int budget) {
            this.text = text;
            this.attempts = attempts;
            this.deadlineMillis = deadlineMillis;
            this.minBackoffMillis = minBackoffMillis;
            this.budget = budget;
        }

        StopRetry retry() {
            return StopRetry.defaults()
                    .withMaxAttempts(attempts)
                    .withDeadline(Duration.ofMillis(deadlineMillis))
                    .withBackoff(Duration.ofMillis(minBackoffMillis), Duration.ofMillis(MAX_BACKOFF_MILLIS))
                    .withJitter(0)
                    .withBudget(budget);
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** Where the key comes from. */
    enum Key {
        CONSTANT("constant"),
        FAILS_ONCE("from a source that fails once"),
        FAILS("from a source that always fails"),
        SLOW("from a source that takes 50 ms"),
        NEVER("from a source that never answers");

        private final String text;

        Key(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** What the caller's own code does. */
    enum UserCode {
        NONE("does nothing"),
        ABORTS("aborts at any failure"),
        ABORT_THROWS("abortWhen throws a RuntimeException"),
        ABORT_THROWS_ERROR("abortWhen throws a LinkageError"),
        LISTENER_THROWS("a StopListener throws a RuntimeException"),
        LISTENER_THROWS_CHECKED("a StopListener throws a checked exception"),
        LISTENER_THROWS_ERROR("a StopListener throws a LinkageError");

        private final String text;

        UserCode(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    private static final Boolean[] NO_OR_YES = {false, true};
    private static final Integer[] LATENCIES = {20, 3_000};

    /** In the middle of what an ordinary stop, and one whose first answer was lost, does. */
    private static final Integer[] BATCH_DEADLINES = {NO_DEADLINE, 3, 7, 15, 60, 135, 1_000};

    private static final List<String> ALL_IDS = List.of("t1", "t2", "t3");

    /**
     * How many points the settings are, but for what t1 is and whether to confirm; a history that begins with so many
     * zeros has the usual ones.
     */
    static final int POINTS = 8;

    final boolean v1;
    private final Ids ids;
    final Start start;
    final ServerClocks clocks;
    final int latencyMillis;
    final Trying trying;
    final boolean confirm;
    final boolean dryRun;
    final int batchDeadlineMillis;
    final Key key;
    final UserCode userCode;

    Settings(boolean v1, Choices choices) {
        this.v1 = v1;
        this.ids = choices.of(() -> "ids: ", Ids.values());
        this.clocks = choices.of(() -> "the server's clocks: ", ServerClocks.values());
        this.latencyMillis = choices.of(() -> "milliseconds for a request and its answer: ", LATENCIES);
        this.trying = choices.of(() -> "trying: ", Trying.values());
        this.dryRun = choices.of(() -> "dry run: ", NO_OR_YES);
        this.batchDeadlineMillis = choices.of(() -> "the batch's deadline in milliseconds: ", BATCH_DEADLINES);
        this.key = choices.of(() -> "the key is ", Key.values());
        this.userCode = choices.of(() -> "user code: ", UserCode.values());
        this.start = choices.of(() -> "t1 is ", Start.values());
        this.confirm = choices.of(() -> "confirm: ", NO_OR_YES);
    }

    List<String> ids() {
        return ALL_IDS.subList(0, ids.count);
    }

    TaskDialect dialect() {
        return v1 ? TaskDialect.agentV1() : TaskDialect.cloud();
    }

    StopAllOptions options() {
        StopAllOptions options = StopAllOptions.defaults()
                .withConcurrency(ids.concurrency)
                .withConfirm(confirm)
                .withDryRun(dryRun);
        return batchDeadlineMillis == NO_DEADLINE
                ? options
                : options.withDeadline(Duration.ofMillis(batchDeadlineMillis));
    }
}
