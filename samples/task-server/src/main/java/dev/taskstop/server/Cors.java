package dev.taskstop.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** Lets a page of whatever origin use the server from a browser: all that a key opens here is this server. */
final class Cors {

    private Cors() {}

    /** Tells whether a browser asks what a page may ask for; it does so without a key. */
    static boolean isPreflight(HttpServerRequest request) {
        return request.method().equals(HttpMethod.OPTIONS)
                && request.requestHeaders().contains(HttpHeaderNames.ACCESS_CONTROL_REQUEST_METHOD);
    }

    static ServerAnswer.Body preflight() {
        return new ServerAnswer.Body(
                204,
                "text/plain",
                Map.of(
                        "Access-Control-Allow-Methods", "GET, POST, PATCH",
                        "Access-Control-Allow-Headers", "Authorization, Content-Type",
                        "Access-Control-Max-Age", "600"),
                Unpooled.EMPTY_BUFFER);
    }

    /** Adds what a browser wants to see in the answer to a page; others are not told. */
    static void allow(HttpServerRequest request, HttpServerResponse response) {
        if (request.requestHeaders().contains(HttpHeaderNames.ORIGIN)) {
            response.header(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
            response.header(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, "Date, Retry-After");
        }
    }
}
