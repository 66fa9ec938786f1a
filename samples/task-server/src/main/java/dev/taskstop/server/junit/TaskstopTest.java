package dev.taskstop.server.junit;

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
 */
@Documented
@Inherited
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface TaskstopTest {}
