/**
 * The proof that every result is true: all short histories of a small world, each judged by an oracle that knows what
 * really happened. Read {@link dev.taskstop.histories.World World} (what can happen to a task),
 * {@link dev.taskstop.histories.Network Network} (what can happen to a request),
 * {@link dev.taskstop.histories.Oracle Oracle} (what a result claims), and
 * {@link dev.taskstop.histories.Histories Histories} (how they are enumerated), in this order.
 */
@NullMarked
package dev.taskstop.histories;

import org.jspecify.annotations.NullMarked;
