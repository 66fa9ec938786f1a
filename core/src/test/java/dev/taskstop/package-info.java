@NullMarked
package dev.taskstop;

import org.jspecify.annotations.NullMarked;
