/**
 * Taskstop in a Spring Boot application: with this on the class path and {@code taskstop.api-key} set, a
 * {@link dev.taskstop.TaskClient} can be injected.
 */
@NullMarked
package dev.taskstop.spring;

import org.jspecify.annotations.NullMarked;
