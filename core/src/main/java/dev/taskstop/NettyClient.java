package dev.taskstop;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.SignalType;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClient.RequestSender;
import reactor.netty.http.client.HttpClientResponse;
import reactor.netty.http.client.HttpResponseDecoderSpec;
import reactor.util.context.Context;

/** One HTTP client of Reactor Netty's. */
final class NettyClient {

    /** Reads an answer. */
    interface Reader<T> {
        Publisher<T> read(HttpClientResponse head, ByteBufFlux content);
    }

    private final HttpClient http;
    private final boolean http11Only;
    private final boolean forOneExchange;
    private final HttpResponseDecoderSpec decoder;
    private final Map<String, Sender> senders = new ConcurrentHashMap<>();

    /**
     * Creates a client.
     *
     * @param http11Only whether its connections are never of HTTP/2
     * @param forOneExchange whether a connection of HTTP/1.1 is closed after one exchange
     */
    NettyClient(HttpClient http, boolean http11Only, boolean forOneExchange) {
        this.http = http;
        this.http11Only = http11Only;
        this.forOneExchange = forOneExchange;
        this.decoder = http.configuration().decoder();
    }

    /** Sends the request of an exchange, and hands on what is read of its answer. */
    <T> Flux<T> send(TaskRequest request, NettyExchange exchange, Reader<T> reader) {
        Flux<T> answer = sender(request)
                .uri(request.target())
                .send((head, outbound) -> exchange.write(head, outbound, this))
                .response(reader::read)
                // An answer that comes just as its subscriber goes would keep its connection for ever.
                .doOnDiscard(Connection.class, Connection::dispose)
                // After the cancel: a wait for a connection that ends before would complete without an answer.
                .doFinally(end -> {
                    if (end == SignalType.CANCEL) {
                        exchange.giveUp();
                    }
                });
        return http11Only ? answer.contextWrite(Context.of(NettyExchange.class, exchange)) : answer;
    }

    /** Looks at the connection that an exchange has got; false where it is of a kind that nobody can look at. */
    boolean watch(Connection connection, NettyExchange exchange) {
        return NettyHttp1Codec.watch(connection, exchange, decoder, forOneExchange);
    }

    /** Requests of one method mostly have one body, so that all but the path and the key is put together once. */
    private RequestSender sender(TaskRequest request) {
        Sender known = senders.get(request.method());
        if (known == null || known.body != request.body()) {
            known = new Sender(request.body(), sender(http, request));
            senders.put(request.method(), known);
        }
        return known.sender;
    }

    private static RequestSender sender(HttpClient client, TaskRequest request) {
        byte[] body = request.body();
        HttpClient worded = body == null
                ? client
                : client.headers(headers -> headers.set(HttpHeaderNames.CONTENT_TYPE, "application/json")
                        .set(HttpHeaderNames.CONTENT_LENGTH, body.length));
        return worded.request(HttpMethod.valueOf(request.method()));
    }

    /** What the requests of one method and body have in common. */
    private static final class Sender {

        private final byte @Nullable [] body;
        private final RequestSender sender;

        Sender(byte @Nullable [] body, RequestSender sender) {
            this.body = body;
            this.sender = sender;
        }
    }
}
