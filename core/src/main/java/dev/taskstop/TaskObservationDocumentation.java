package dev.taskstop;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * What a client observes when it has an {@linkplain TaskClientBuilder#observationRegistry observation registry}: names
 * and keys. Every low-cardinality key has a value when an observation is stopped, from a small set that no answer of a
 * server can make larger.
 */
public enum TaskObservationDocumentation implements ObservationDocumentation {

    /**
     * One stop, alone or in a bulk stop, from its subscription to its result; it includes waiting, all requests and
     * what lies between them. The error is that of a stop that failed.
     *
     * <p>What is skipped before its stop begins has none: a duplicate, what is beyond the maximum, the rest of a batch
     * that is over; nor has a dry run.
     */
    STOP {
        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return StopObservationConvention.class;
        }

        @Override
        public String getName() {
            return "taskstop.stop";
        }

        @Override
        public String getContextualName() {
            return "stop task";
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return StopKey.values();
        }

        @Override
        public KeyName[] getHighCardinalityKeyNames() {
            return StopDetail.values();
        }
    },

    /**
     * One HTTP exchange, from its subscription to its answer, whatever its status; a part of the stop that it is for.
     * The error is that of an exchange that got no answer. The contextual name is the method and the path template.
     *
     * <p>A log stream has none: it may be open for hours, and an observation tells nothing before it ends.
     */
    REQUEST {
        @Override
        public Class<? extends ObservationConvention<? extends Observation.Context>> getDefaultConvention() {
            return RequestObservationConvention.class;
        }

        @Override
        public String getName() {
            return "taskstop.request";
        }

        @Override
        public KeyName[] getLowCardinalityKeyNames() {
            return RequestKey.values();
        }
    };

    /** The low-cardinality keys of {@link #STOP}. */
    public enum StopKey implements KeyName {

        /**
         * What became of it: {@code stopped}, {@code already_ended}, {@code not_found}, {@code failed}, {@code skipped}
         * when its batch was over before anything was sent, {@code cancelled} when its subscriber went away.
         */
        OUTCOME("outcome"),

        /** The form of the API: {@code cloud}, {@code agent_v1}. */
        DIALECT("dialect"),

        /** {@code true} when the answer to the stop was lost and found out by asking, else {@code false}. */
        RECOVERED("recovered");

        private final String key;

        StopKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** The high-cardinality keys of {@link #STOP}. */
    public enum StopDetail implements KeyName {

        /** The task's id; missing when it cannot be one. */
        TASK_ID("taskId"),

        /** Why the task was to be stopped, see {@link StopAllOptions#withReason}; missing when that was not said. */
        REASON("reason");

        private final String key;

        StopDetail(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }

    /** The low-cardinality keys of {@link #REQUEST}. */
    public enum RequestKey implements KeyName {

        /** The HTTP method. */
        METHOD("method"),

        /** The path template, such as {@code /api/tasks/{taskId}}; never the path. */
        PATH("path"),

        /** The status code of the answer, {@code other} when it has not three digits, {@code none} without an answer. */
        STATUS("status"),

        /**
         * Whether there is an answer: {@code answered}, {@code not_sent} when the request certainly did not leave or,
         * as the server says, was not processed, {@code no_answer} when it may have been, {@code cancelled} when it was
         * given up.
         */
        OUTCOME("outcome");

        private final String key;

        RequestKey(String key) {
            this.key = key;
        }

        @Override
        public String asString() {
            return key;
        }
    }
}
