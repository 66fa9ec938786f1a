package dev.taskstop.server.junit;

import dev.taskstop.server.FaultKind;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Runs a Spring test against a task server of its own: beside {@code @SpringBootTest}, it starts a
 * {@link dev.taskstop.server.TaskServer}, points {@code taskstop.base-url} and {@code taskstop.api-key} at it, and lets
 * it be injected. Tests that share an application context share its server.
 *
 * <p>No client of the application reaches another address: where one would, because of connection details or a builder
 * of the application's own, the context does not start, and the failure names its bean. A {@code taskstop.proxy} is left
 * out.
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface TaskstopTest {

    /**
     * Which form of the API the application speaks. The server has both.
     *
     * @return the value of {@code taskstop.dialect}
     */
    Dialect dialect() default Dialect.AS_CONFIGURED;

    /**
     * The seed of everything random on the server: task ids, jitter, ends, faults.
     *
     * @return any number
     */
    long seed() default 1;

    /**
     * What goes wrong with requests.
     *
     * @return the faults, by default none
     */
    Fault[] faults() default {};

    /** A form of the API. */
    enum Dialect {
        /** The one that the application is configured for. */
        AS_CONFIGURED,
        /** The cloud API. */
        CLOUD,
        /** The Agent API v1. */
        AGENT_V1
    }

    /** A fault, and how often it happens. */
    @Documented
    @Target({})
    @Retention(RetentionPolicy.RUNTIME)
    @interface Fault {

        /**
         * What goes wrong.
         *
         * @return the kind
         */
        FaultKind kind();

        /**
         * How often it does.
         *
         * @return a share of the requests, from 0 to 1
         */
        double rate() default 1;
    }
}
