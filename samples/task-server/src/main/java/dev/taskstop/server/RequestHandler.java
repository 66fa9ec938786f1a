package dev.taskstop.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** What happens to every request: route, key, rate limit, latency, the work, the answer; all of it in the ledger. */
final class RequestHandler implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private static final Logger log = LoggerFactory.getLogger(RequestHandler.class);

    private final Routes routes;
    private final Operations operations;
    private final Keys keys;
    private final Errors errors;
    private final Ledger ledger;
    private final int forbiddenAfter;
    private final Duration latency;
    private final InstantSource clock;
    private final DateHeader date;
    private final AccessLog accessLog;

    RequestHandler(
            Routes routes,
            Operations operations,
            Keys keys,
            Errors errors,
            Ledger ledger,
            int forbiddenAfter,
            Duration latency,
            InstantSource clock,
            DateHeader date,
            AccessLog accessLog) {
        this.routes = routes;
        this.operations = operations;
        this.keys = keys;
        this.errors = errors;
        this.ledger = ledger;
        this.forbiddenAfter = forbiddenAfter;
        this.latency = latency;
        this.clock = clock;
        this.date = date;
        this.accessLog = accessLog;
    }

    Routes routes() {
        return routes;
    }

    Keys keys() {
        return keys;
    }

    Ledger ledger() {
        return ledger;
    }

    Duration latency() {
        return latency;
    }

    DateHeader date() {
        return date;
    }

    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        Cors.allow(request, response);
        Ledger.Request inProgress = ledger.requestStarted(request.method().equals(HttpMethod.PATCH));
        Mono<ServerAnswer> answer;
        Route route = Route.UNKNOWN;
        try {
            if (Cors.isPreflight(request)) {
                return send(route, Cors.preflight(), inProgress, response).doFinally(signal -> inProgress.end());
            }
            Routes.Match match = routes.match(request.method(), path(request.uri()));
            route = match.route();
            answer = accessLog.isKept() ? logged(match, request) : answer(match, request);
        } catch (RuntimeException e) {
            answer = Mono.just(failed(route, e));
        }
        Route matched = route;
        return answer.onErrorResume(e -> Mono.just(failed(matched, e)))
                .flatMap(it -> send(matched, it, inProgress, response))
                .doFinally(signal -> inProgress.end());
    }

    private Mono<ServerAnswer> logged(Routes.Match match, HttpServerRequest request) {
        accessLog.asked(match, request);
        return Mono.defer(() -> answer(match, request))
                .onErrorResume(e -> Mono.just(failed(match.route(), e)))
                .doOnNext(answer -> accessLog.answered(match, answer, request));
    }

    private Mono<ServerAnswer> answer(Routes.Match match, HttpServerRequest request) {
        Keys.Access access = keys.authenticate(request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION));
        long wait = access.limiter().acquire(clock.millis());
        if (wait > 0) {
            return Mono.just(errors.rateLimited(wait));
        }
        if (forbiddenAfter >= 0 && access.requests().getAndIncrement() >= forbiddenAfter) {
            throw ApiException.forbidden();
        }
        Mono<ServerAnswer> answer = Mono.defer(() -> operations.handle(match, access.user(), request));
        return latency.isZero() ? answer : Mono.delay(latency).then(answer);
    }

    private ServerAnswer failed(Route route, Throwable e) {
        if (e instanceof ApiException expected) {
            return errors.body(expected);
        }
        if (!AbortedException.isConnectionReset(e)) {
            log.warn("{} failed", route, e);
        }
        return errors.body(500, "Internal server error");
    }

    private Mono<Void> send(Route route, ServerAnswer answer, Ledger.Request inProgress, HttpServerResponse response) {
        if (answer instanceof ServerAnswer.OnWire onWire) {
            return send(route, onWire.body(), WireFaults.apply(onWire, response), inProgress, response);
        }
        if (answer instanceof ServerAnswer.Body body) {
            return send(route, body, body.content(), inProgress, response);
        }
        if (answer instanceof ServerAnswer.Events events) {
            ledger.answered(route, 200);
            return response.header(HttpHeaderNames.DATE, date.value())
                    .sse()
                    .send(events.events(), event -> true)
                    .then();
        }
        ledger.answered(route, 0);
        if (answer instanceof ServerAnswer.Cut) {
            inProgress.end();
            response.withConnection(RequestHandler::cut);
        }
        if (answer instanceof ServerAnswer.Refused) {
            inProgress.end();
            WireFaults.refuse(response);
        }
        return Mono.never();
    }

    private Mono<Void> send(
            Route route,
            ServerAnswer.Body body,
            ByteBuf content,
            Ledger.Request inProgress,
            HttpServerResponse response) {
        String length = String.valueOf(body.content().readableBytes());
        ledger.answered(route, body.status());
        inProgress.end();
        body.headers().forEach(response::header);
        boolean hasBody = !response.method().equals(HttpMethod.HEAD);
        return response.status(body.status())
                .header(HttpHeaderNames.DATE, date.value())
                .header(HttpHeaderNames.CONTENT_TYPE, body.contentType())
                .header(HttpHeaderNames.CONTENT_LENGTH, length)
                .sendObject(hasBody ? content : Unpooled.EMPTY_BUFFER)
                .then();
    }

    private static void cut(Connection connection) {
        ChannelFuture unused = connection.channel().close();
    }

    /** The path of a request, also of one that names scheme and host as for a proxy. */
    static String path(String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        int host = path.startsWith("/") ? -1 : path.indexOf("://");
        return host < 0 ? path : path.substring(Math.max(host, path.indexOf('/', host + 3)));
    }
}
