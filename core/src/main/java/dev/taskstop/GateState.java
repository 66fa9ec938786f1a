package dev.taskstop;

import java.time.Duration;

/**
 * What the gate of a client looks like at one moment.
 *
 * @param inFlight how many requests are on their way
 * @param peakInFlight the most that were on their way at once since the client was built
 * @param limit how many may be on their way at once now: less than the ceiling when the server showed that it has too
 *     much to do, by refusing many of them (429, 503), giving no connection, failing all of them in a row, or failing many
 *     while the others became slow; growing back with the good answers
 * @param ceiling the most that the limit can be: the client's concurrency
 * @param waiting how many requests wait for their turn
 * @param pause how long nothing is sent from now on, because the server asked for it; zero when it did not
 */
public record GateState(int inFlight, int peakInFlight, int limit, int ceiling, int waiting, Duration pause) {

    /**
     * Creates the snapshot of a gate whose limit is at its ceiling.
     *
     * @param inFlight how many requests are on their way
     * @param peakInFlight the most that were on their way at once
     * @param limit how many may be on their way at once
     * @param waiting how many requests wait for their turn
     * @param pause how long nothing is sent
     */
    public GateState(int inFlight, int peakInFlight, int limit, int waiting, Duration pause) {
        this(inFlight, peakInFlight, limit, limit, waiting, pause);
    }
}
