/** Plain Java, one feature a file. */
@NullMarked
package dev.taskstop.quickstart;

import org.jspecify.annotations.NullMarked;
