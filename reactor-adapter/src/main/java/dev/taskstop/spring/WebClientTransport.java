package dev.taskstop.spring;

import dev.taskstop.TaskRequest;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskTransport;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Carries requests on Spring's {@link WebClient}. */
final class WebClientTransport implements TaskTransport {

    /** A connector's own time-outs come first, because they tell more: whether there was a connection. */
    private static final Duration LATER = Duration.ofMillis(500);

    private final Wire exchanges;
    private final Wire streams;
    private final Duration limit;

    private WebClientTransport(Wire exchanges, Wire streams, Duration requestTimeout) {
        this.exchanges = exchanges;
        this.streams = streams;
        this.limit = requestTimeout.plus(LATER);
    }

    /**
     * Creates the transport.
     *
     * @param builder has the filters of the application; not changed
     * @param exchanges what carries requests
     * @param streams what carries log streams
     * @param requestTimeout how long a request may take in all, and a log stream until its answer begins; what a
     *     connector calls a read time-out bounds the silence between two reads, the wait for the head, or all of it
     */
    static WebClientTransport of(
            WebClient.Builder builder,
            ClientHttpConnector exchanges,
            ClientHttpConnector streams,
            Duration requestTimeout) {
        return new WebClientTransport(Wire.of(builder, exchanges), Wire.of(builder, streams), requestTimeout);
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return Mono.defer(() -> {
            Departure departure = new Departure(request);
            return prepared(exchanges.client(), request, departure, MediaType.APPLICATION_JSON)
                    .exchangeToMono(response -> whole(request, response))
                    .doOnCancel(departure::keepBack)
                    // Not timeout, which drops an error that comes at that moment, and so logs it.
                    .takeUntilOther(Mono.delay(limit))
                    .switchIfEmpty(Mono.error(TimeoutException::new))
                    .onErrorMap(failure -> departure.classify(failure, exchanges.watch()));
        });
    }

    @Override
    public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return Flux.defer(() -> {
            Departure departure = new Departure(request);
            AtomicBoolean begun = new AtomicBoolean();
            return prepared(streams.client(), request, departure, MediaType.TEXT_EVENT_STREAM)
                    .exchangeToFlux(response -> {
                        if (!response.statusCode().is2xxSuccessful()) {
                            return whole(request, response)
                                    .flatMapMany(refusal -> read.apply(refusal, Flux.empty()))
                                    .materialize();
                        }
                        begun.set(true);
                        return begun(response, read).materialize();
                    })
                    // As signals, because before a failure WebClient reads the rest of the body, which may never end.
                    .<T>dematerialize()
                    .doOnCancel(departure::keepBack)
                    .takeUntilOther(Mono.delay(limit).then(Mono.defer(() -> begun.get() ? Mono.never() : Mono.empty())))
                    .switchIfEmpty(Mono.defer(() -> begun.get() ? Mono.empty() : Mono.error(TimeoutException::new)))
                    .onErrorMap(failure -> departure.classify(failure, streams.watch()));
        });
    }

    @Override
    public boolean marksSent() {
        return true;
    }

    private static WebClient.RequestHeadersSpec<?> prepared(
            WebClient client, TaskRequest request, Departure departure, MediaType accepted) {
        WebClient.RequestBodySpec spec = client.method(HttpMethod.valueOf(request.method()))
                .uri(request.uri())
                .attribute(Departure.attribute(), departure)
                .headers(headers -> set(headers, request, accepted));
        byte[] body = request.body();
        return body == null ? spec : spec.bodyValue(body);
    }

    /** In the place of what the application begins its requests with, among it perhaps a key of another service. */
    private static void set(HttpHeaders headers, TaskRequest request, MediaType accepted) {
        headers.set(HttpHeaders.AUTHORIZATION, request.authorization());
        headers.set(HttpHeaders.USER_AGENT, request.userAgent());
        headers.set(HttpHeaders.ACCEPT_ENCODING, "identity");
        headers.setAccept(List.of(accepted));
        headers.remove(HttpHeaders.CONTENT_TYPE);
        if (request.body() != null) {
            headers.setContentType(MediaType.APPLICATION_JSON);
        }
    }

    private static Mono<TaskResponse> whole(TaskRequest request, ClientResponse response) {
        if (response.statusCode().is1xxInformational()) {
            return Mono.error(() -> new ProtocolException("What comes before an answer came as the answer"));
        }
        int limit = request.maxBodyBytes();
        Flux<DataBuffer> body = DataBufferUtils.takeUntilByteCount(response.bodyToFlux(DataBuffer.class), limit + 1L);
        return DataBufferUtils.join(body)
                .map(WebClientTransport::bytes)
                .defaultIfEmpty(new byte[0])
                .map(bytes -> bytes.length > limit
                        ? answer(response, Arrays.copyOf(bytes, limit), true)
                        : answer(response, bytes, false));
    }

    /** A body that was not asked for keeps its connection, unless it is asked for and left. */
    private static <T> Flux<T> begun(
            ClientResponse response, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        AtomicBoolean asked = new AtomicBoolean();
        Flux<byte[]> body = response.bodyToFlux(DataBuffer.class)
                .map(WebClientTransport::bytes)
                .doOnSubscribe(subscription -> asked.set(true));
        return Flux.defer(() -> read.apply(answer(response, new byte[0], false), body))
                .doOnError(failure -> {
                    if (!asked.get()) {
                        body.subscribe(chunk -> {}, late -> {}).dispose();
                    }
                });
    }

    private static TaskResponse answer(ClientResponse response, byte[] body, boolean truncated) {
        HttpHeaders headers = response.headers().asHttpHeaders();
        return new TaskResponse(response.statusCode().value(), headers::getFirst, body, truncated);
    }

    private static byte[] bytes(DataBuffer buffer) {
        byte[] bytes = new byte[buffer.readableByteCount()];
        buffer.read(bytes);
        DataBufferUtils.release(buffer);
        return bytes;
    }

    /** A client, and what watches its requests leave. */
    private record Wire(WebClient client, Departure.Watch watch) {

        /**
         * The watch is added last, so that no filter is between it and the HTTP client. The application may have its requests
         * logged with their headers; the key is not to be.
         */
        static Wire of(WebClient.Builder builder, ClientHttpConnector connector) {
            Departure.Watch watch = new Departure.Watch(connector);
            WebClient client = builder.clone()
                    .clientConnector(connector)
                    .codecs(codecs -> codecs.defaultCodecs().enableLoggingRequestDetails(false))
                    .filters(filters -> filters.add(watch))
                    .build();
            return new Wire(client, watch);
        }
    }
}
