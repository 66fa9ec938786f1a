/** Whole journeys of the client against the task server, whose ledger has the last word. */
@NullMarked
package dev.taskstop.journey;

import org.jspecify.annotations.NullMarked;
