@NullMarked
package dev.taskstop.cli;

import org.jspecify.annotations.NullMarked;
