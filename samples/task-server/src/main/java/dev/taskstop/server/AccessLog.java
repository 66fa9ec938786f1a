package dev.taskstop.server;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Keeps each request and each answer in a file, so that what a client reports can be compared with what it was told,
 * also when the server is killed. A line is written when the request comes, and another before its answer is sent.
 */
final class AccessLog {

    private static final Pattern STATE = Pattern.compile("\"status\":\"(\\w+)\"");
    private static final String NOTHING = "-";

    private final @Nullable LineFile file;
    private final InstantSource clock;

    private AccessLog(@Nullable LineFile file, InstantSource clock) {
        this.file = file;
        this.clock = clock;
    }

    /** @param path the file, or null to keep nothing */
    static AccessLog open(@Nullable Path path, InstantSource clock) {
        return new AccessLog(path == null ? null : LineFile.open(path), clock);
    }

    boolean isKept() {
        return file != null;
    }

    /** What a request says that it comes from. */
    static String agent(HttpServerRequest request) {
        String agent = request.requestHeaders().get(HttpHeaderNames.USER_AGENT);
        return agent == null || agent.isBlank() ? NOTHING : agent;
    }

    void asked(Routes.Match match, HttpServerRequest request) {
        write(match, NOTHING, NOTHING, request);
    }

    void answered(Routes.Match match, ServerAnswer answer, HttpServerRequest request) {
        if (answer instanceof ServerAnswer.OnWire onWire) {
            answered(match, onWire.body(), request);
        } else if (answer instanceof ServerAnswer.Body body) {
            write(match, String.valueOf(body.status()), stateIn(match.route(), body), request);
        } else {
            write(match, answer instanceof ServerAnswer.Events ? "200" : "0", NOTHING, request);
        }
    }

    /** The task's state, as far as the answer tells one. */
    private static String stateIn(Route route, ServerAnswer.Body body) {
        ByteBuf content = body.content();
        boolean mayTell = (route == Route.STOP || route == Route.STATUS)
                && body.status() == 200
                && body.contentType().equals(ServerAnswer.JSON);
        Matcher state = STATE.matcher(mayTell ? content.toString(StandardCharsets.UTF_8) : "");
        return state.find() ? state.group(1) : NOTHING;
    }

    private void write(Routes.Match match, String status, String state, HttpServerRequest request) {
        if (file == null) {
            return;
        }
        String id = match.taskId().isEmpty() ? NOTHING : LineFile.word(match.taskId());
        file.add(String.join(
                " ", String.valueOf(clock.millis()), match.route().name(), id, status, state, agent(request)));
    }

    void close() {
        if (file != null) {
            file.close();
        }
    }
}
