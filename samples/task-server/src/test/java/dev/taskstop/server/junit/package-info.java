@NullMarked
package dev.taskstop.server.junit;

import org.jspecify.annotations.NullMarked;
