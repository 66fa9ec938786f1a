/** The command that shows a mass stop: a broker, the task server and the instances, each in a process of its own. */
@NullMarked
package dev.taskstop.kafka.demo;

import org.jspecify.annotations.NullMarked;
