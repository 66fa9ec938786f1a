package dev.taskstop.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Answers every stop request, whatever its id, with a 200 that was prepared at the start; leaves the rest to others. */
final class FixedAnswer implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private static final String PREFIX = CloudRoutes.TASKS + "/";
    private static final String PLACE_OF_ID = "PLACE_OF_ID";

    private final RequestHandler others;
    private final User user;
    private final long now;
    private final byte[] beforeId;
    private final byte[] afterId;

    FixedAnswer(RequestHandler others, User user, long now) {
        this.others = others;
        this.user = user;
        this.now = now;
        String body = new String(body(PLACE_OF_ID), StandardCharsets.UTF_8);
        int at = body.indexOf(PLACE_OF_ID);
        beforeId = body.substring(0, at).getBytes(StandardCharsets.UTF_8);
        afterId = body.substring(at + PLACE_OF_ID.length()).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        String uri = request.uri();
        byte[] body;
        if (!request.method().equals(HttpMethod.PATCH)) {
            return others.apply(request, response);
        }
        try {
            others.keys().authenticate(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION));
            body = isLiteral(uri)
                    ? splice(uri)
                    : body(CloudRoutes.match(request.method(), RequestHandler.path(uri))
                            .taskId());
        } catch (ApiException e) {
            return others.apply(request, response);
        }
        others.ledger().answered(Route.STOP, 200);
        others.ledger().requestStarted(true).end();
        return response.header(HttpHeaderNames.CONTENT_TYPE, Answer.JSON)
                .header(HttpHeaderNames.DATE, others.date().value())
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length))
                .sendObject(Unpooled.wrappedBuffer(body));
    }

    private byte[] body(String id) {
        Task task = new Task(id, user, TaskDetails.DEFAULT, Lifecycle.staysIn(Status.STOPPED), now);
        return Json.write(CloudJson.Stopped.of(task.view(now)));
    }

    /** Tells whether the path names one task with an id that is written in JSON as it is written in a path. */
    private static boolean isLiteral(String uri) {
        if (!uri.startsWith(PREFIX) || uri.length() == PREFIX.length()) {
            return false;
        }
        for (int i = PREFIX.length(); i < uri.length(); i++) {
            char c = uri.charAt(i);
            boolean literal = (c < 128 && Character.isLetterOrDigit(c)) || "-_.~:@".indexOf(c) >= 0;
            if (!literal) {
                return false;
            }
        }
        return true;
    }

    private byte[] splice(String uri) {
        int idLength = uri.length() - PREFIX.length();
        byte[] body = new byte[beforeId.length + idLength + afterId.length];
        System.arraycopy(beforeId, 0, body, 0, beforeId.length);
        for (int i = 0; i < idLength; i++) {
            body[beforeId.length + i] = (byte) uri.charAt(PREFIX.length() + i);
        }
        System.arraycopy(afterId, 0, body, beforeId.length + idLength, afterId.length);
        return body;
    }
}
