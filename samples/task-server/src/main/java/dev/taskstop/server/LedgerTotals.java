package dev.taskstop.server;

import java.util.Map;

/**
 * What the server saw since its start.
 *
 * @param requests all requests
 * @param patchRequests those with the method PATCH
 * @param unauthorized those answered with 401
 * @param peakInProgress the largest number of requests in progress at the same time
 * @param answers the number of answers by route and HTTP status; the status 0 counts requests that got no answer
 * @param faults the number of faults by kind
 */
public record LedgerTotals(
        long requests,
        long patchRequests,
        long unauthorized,
        int peakInProgress,
        Map<Route, Map<Integer, Long>> answers,
        Map<FaultKind, Long> faults) {

    /**
     * The number of answers of a route with an HTTP status.
     *
     * @param route the route
     * @param status the HTTP status, or 0 for "no answer"
     * @return the number
     */
    public long answers(Route route, int status) {
        return answers.getOrDefault(route, Map.of()).getOrDefault(status, 0L);
    }
}
