package dev.taskstop.server;

import java.time.Duration;
import java.util.Objects;

/** The part of {@link TaskServerOptions} that is about what goes wrong, and how slow it is. */
abstract sealed class OptionsForTrouble extends OptionsForAnswers permits TaskServerOptions {

    // Changed only by with(), before the new options are seen by anybody.
    Faults faults = Faults.none();
    TaskFaults taskFaults = TaskFaults.none();
    Duration timeGranularity = Duration.ofMillis(1);
    Duration timeSkew = Duration.ZERO;
    int forbiddenAfter = -1;
    int requestsPerSecond;
    Duration latency = Duration.ZERO;
    CreateError createError = CreateError.NONE;
    int logErrorAfter = -1;

    OptionsForTrouble() {}

    OptionsForTrouble(OptionsForTrouble other) {
        super(other);
        faults = other.faults;
        taskFaults = other.taskFaults;
        timeGranularity = other.timeGranularity;
        timeSkew = other.timeSkew;
        forbiddenAfter = other.forbiddenAfter;
        requestsPerSecond = other.requestsPerSecond;
        latency = other.latency;
        createError = other.createError;
        logErrorAfter = other.logErrorAfter;
    }

    /**
     * Changes what goes wrong with requests.
     *
     * @param faults the faults, by default none
     * @return new options
     */
    public TaskServerOptions withFaults(Faults faults) {
        return with(it -> it.faults = faults);
    }

    /**
     * Changes what goes wrong with tasks.
     *
     * @param faults the faults, by default none
     * @return new options
     */
    public TaskServerOptions withTaskFaults(TaskFaults faults) {
        return with(it -> it.taskFaults = faults);
    }

    /**
     * Lets the times in bodies, {@code completedAt} for example, come from a clock of their own. Nothing else does: not
     * the header {@code Date}, not the ledger, not the way tasks move.
     *
     * @param granularity what they are cut to, by default a millisecond
     * @param skew how far they are ahead of the server's clock; negative when they are behind
     * @return new options
     */
    public TaskServerOptions withTimesOfTasks(Duration granularity, Duration skew) {
        Lifecycle.requireDuration("the granularity of times", granularity);
        Lifecycle.requireDuration("the skew of times", skew.abs());
        require(granularity.toMillis() >= 1, "the granularity of times must be a millisecond or more: " + granularity);
        return with(it -> {
            it.timeGranularity = granularity;
            it.timeSkew = skew;
        });
    }

    /**
     * Answers with 403, whatever is asked for, once a key has been used often enough: as when the plan of its owner
     * lapses.
     *
     * @param requests how many requests of a key are served before, 0 for none of them
     * @return new options
     */
    public TaskServerOptions withForbiddenAfter(int requests) {
        require(requests >= 0, "the number of requests must not be negative: " + requests);
        return with(it -> it.forbiddenAfter = requests);
    }

    /**
     * Limits the requests of each key. Beyond the limit the answer is 429.
     *
     * @param requests requests per second, also the size of a burst; 0, the default, for no limit
     * @return new options
     */
    public TaskServerOptions withRequestsPerSecond(int requests) {
        require(requests >= 0, "the requests per second must not be negative: " + requests);
        return with(it -> it.requestsPerSecond = requests);
    }

    /**
     * Delays every request that has a valid key, before anything is done about it.
     *
     * @param latency the delay, by default zero
     * @return new options
     */
    public TaskServerOptions withLatency(Duration latency) {
        Lifecycle.requireDuration("the latency", latency);
        return with(it -> it.latency = latency);
    }

    /**
     * Refuses whoever creates tasks of the cloud API.
     *
     * @param error what is wrong, by default nothing
     * @return new options
     */
    public TaskServerOptions withCreateError(CreateError error) {
        Objects.requireNonNull(error, "error");
        return with(it -> it.createError = error);
    }

    /**
     * Breaks the cloud API's log streams with an event that says so.
     *
     * @param entries how many entries of the log come before, 0 for none
     * @return new options
     */
    public TaskServerOptions withLogErrorAfter(int entries) {
        require(entries >= 0, "the number of entries must not be negative: " + entries);
        return with(it -> it.logErrorAfter = entries);
    }
}
