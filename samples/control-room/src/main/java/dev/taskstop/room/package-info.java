/** The control room: a web page to watch tasks and stop them, on the Spring Boot starter. */
@NullMarked
package dev.taskstop.room;

import org.jspecify.annotations.NullMarked;
