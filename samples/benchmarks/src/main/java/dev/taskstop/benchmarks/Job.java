package dev.taskstop.benchmarks;

/** What a client's process does. */
record Job(Contenders contender, Target target, Extent warmUp, Extent measured) {}
