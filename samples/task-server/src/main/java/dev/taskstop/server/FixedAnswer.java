package dev.taskstop.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.NettyOutbound;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Answers every stop request, whatever its id, with a 200 that was prepared at the start; leaves the rest to others. */
final class FixedAnswer implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private static final String PLACE_OF_ID = "PLACE_OF_ID";

    private final RequestHandler others;
    private final User user;
    private final long now;
    private final List<Prepared> prepared;

    FixedAnswer(RequestHandler others, User user, long now) {
        this.others = others;
        this.user = user;
        this.now = now;
        prepared = others.routes().apis().stream()
                .map(api -> new Prepared(api.path() + "/", body(api, PLACE_OF_ID)))
                .toList();
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        if (!request.method().equals(HttpMethod.PATCH)) {
            return others.apply(request, response);
        }
        byte[] body;
        try {
            others.keys().authenticate(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION));
            body = body(request.uri());
        } catch (ApiException e) {
            return others.apply(request, response);
        }
        Cors.allow(request, response);
        Ledger.Request inProgress = others.ledger().requestStarted(true);
        if (others.latency().isZero()) {
            return send(body, inProgress, response);
        }
        return late(response)
                .then(Mono.defer(() -> send(body, inProgress, response).then()))
                .doFinally(signal -> inProgress.end());
    }

    /** Completes after the latency, on the connection's own event loop: that costs least. */
    private Mono<Void> late(HttpServerResponse response) {
        return Mono.create(sink -> response.withConnection(connection -> {
            Future<?> tick = connection
                    .channel()
                    .eventLoop()
                    .schedule(() -> sink.success(), others.latency().toNanos(), TimeUnit.NANOSECONDS);
            sink.onDispose(() -> tick.cancel(false));
        }));
    }

    private NettyOutbound send(byte[] body, Ledger.Request inProgress, HttpServerResponse response) {
        others.ledger().answered(Route.STOP, 200);
        inProgress.end();
        return response.header(HttpHeaderNames.CONTENT_TYPE, ServerAnswer.JSON)
                .header(HttpHeaderNames.DATE, others.date().value())
                .header(HttpHeaderNames.CONTENT_LENGTH, Integer.toString(body.length))
                .sendObject(Unpooled.wrappedBuffer(body));
    }

    private byte[] body(String uri) {
        for (Prepared it : prepared) {
            if (it.fits(uri)) {
                return it.body(uri);
            }
        }
        Routes.Match match = others.routes().match(HttpMethod.PATCH, RequestHandler.path(uri));
        return body(match.api(), match.taskId());
    }

    private byte[] body(ServedApi api, String id) {
        Task task = new Task(id, user, TaskInput.DEFAULT, null, false, Lifecycle.staysIn(Status.STOPPED), now);
        return JsonBodies.write(api.stopped(task.view(now)));
    }

    /** The answer about a task below a path; an id that it has in it is copied from there. */
    private static final class Prepared {

        private final String prefix;
        private final boolean hasId;
        private final byte[] beforeId;
        private final byte[] afterId;

        Prepared(String prefix, byte[] body) {
            this.prefix = prefix;
            String text = new String(body, StandardCharsets.UTF_8);
            int at = text.indexOf(PLACE_OF_ID);
            hasId = at >= 0;
            beforeId = (hasId ? text.substring(0, at) : text).getBytes(StandardCharsets.UTF_8);
            afterId = (hasId ? text.substring(at + PLACE_OF_ID.length()) : "").getBytes(StandardCharsets.UTF_8);
        }

        /** Tells whether the path names one task with an id that is written in JSON as it is written in a path. */
        boolean fits(String uri) {
            if (!uri.startsWith(prefix) || uri.length() == prefix.length()) {
                return false;
            }
            for (int i = prefix.length(); i < uri.length(); i++) {
                char c = uri.charAt(i);
                boolean literal = (c < 128 && Character.isLetterOrDigit(c)) || "-_.~:@".indexOf(c) >= 0;
                if (!literal) {
                    return false;
                }
            }
            return true;
        }

        byte[] body(String uri) {
            int idLength = hasId ? uri.length() - prefix.length() : 0;
            byte[] body = new byte[beforeId.length + idLength + afterId.length];
            System.arraycopy(beforeId, 0, body, 0, beforeId.length);
            for (int i = 0; i < idLength; i++) {
                body[beforeId.length + i] = (byte) uri.charAt(prefix.length() + i);
            }
            System.arraycopy(afterId, 0, body, beforeId.length + idLength, afterId.length);
            return body;
        }
    }
}
