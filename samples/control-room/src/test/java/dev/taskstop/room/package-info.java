/** Tests of the control room. */
@NullMarked
package dev.taskstop.room;

import org.jspecify.annotations.NullMarked;
