/** One instance of a mass stop: takes ids from a topic, stops their tasks, and reports to another topic. */
@NullMarked
package dev.taskstop.kafka;

import org.jspecify.annotations.NullMarked;
