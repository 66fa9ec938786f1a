/**
 * The client that stops tasks: one, or a million, each with a truthful answer.
 *
 * <p>Start at {@link dev.taskstop.TaskClient}.
 */
@NullMarked
package dev.taskstop;

import org.jspecify.annotations.NullMarked;
