/** Side by side with what a user would pick instead. */
@NullMarked
package dev.taskstop.benchmarks;

import org.jspecify.annotations.NullMarked;
