package dev.taskstop.benchmarks;

/**
 * What a client's process does.
 *
 * @param warmUpTarget where to warm up; a slow server, or few in flight, would leave the code cold
 */
record Job(Contenders contender, Target warmUpTarget, Extent warmUp, Target target, Extent measured) {}
