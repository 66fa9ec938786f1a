/** The task APIs, cloud and v1, on this machine: states, sandboxes, faults, and a ledger to compare with. */
@NullMarked
package dev.taskstop.server;

import org.jspecify.annotations.NullMarked;
