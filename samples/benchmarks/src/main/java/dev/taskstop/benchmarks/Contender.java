package dev.taskstop.benchmarks;

import java.util.Iterator;

/** One way to stop many tasks. */
interface Contender extends AutoCloseable {

    /**
     * Stops each task, with as many in flight as the {@link Target} says.
     *
     * @return how many answers said that their task was stopped
     * @throws RuntimeException when there was another answer, or none
     */
    long stop(Iterator<String> ids);

    @Override
    void close();
}
