package dev.taskstop.benchmarks;

import java.net.URI;
import java.nio.file.Path;

/**
 * Where, and how, a contender stops tasks.
 *
 * @param certificate what the server shows when the protocol is over TLS; the only one to be trusted
 * @param inFlight how many stops are on their way at once
 */
record Target(Protocol protocol, URI baseUrl, String key, Path certificate, int inFlight) {

    static final String CONTENT_TYPE = "application/json";
    static final String STOP_BODY = "{\"action\":\"stop\"}";

    URI stopUri(String id) {
        return URI.create(baseUrl + "/api/tasks/" + id);
    }

    String authorization() {
        return "Bearer " + key;
    }
}
