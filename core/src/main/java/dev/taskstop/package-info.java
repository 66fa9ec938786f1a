/** The client that stops tasks: one, or a million, each with a truthful answer. */
@NullMarked
package dev.taskstop;

import org.jspecify.annotations.NullMarked;
