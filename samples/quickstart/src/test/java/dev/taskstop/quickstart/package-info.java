@NullMarked
package dev.taskstop.quickstart;

import org.jspecify.annotations.NullMarked;
