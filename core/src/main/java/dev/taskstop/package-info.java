/**
 * The client that stops tasks: one, or a million, each with a truthful answer.
 *
 * <p>Start at {@link dev.taskstop.TaskClient}, which {@link dev.taskstop.TaskClientBuilder} builds. What became of a
 * task is a {@link dev.taskstop.StopResult} or a {@link dev.taskstop.TaskOutcome}, what went wrong is a
 * {@link dev.taskstop.TaskException}. A {@link dev.taskstop.TaskQuery} says which tasks are meant. How hard a client tries is set by {@link dev.taskstop.StopRetry}, how it goes about
 * many tasks by {@link dev.taskstop.StopAllOptions} and {@link dev.taskstop.AwaitOptions}.
 */
@NullMarked
package dev.taskstop;

import org.jspecify.annotations.NullMarked;
