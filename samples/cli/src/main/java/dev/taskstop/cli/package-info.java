/** {@code taskstop} for a terminal, a pipe or a script. */
@NullMarked
package dev.taskstop.cli;

import org.jspecify.annotations.NullMarked;
