package dev.taskstop.spring;

import dev.taskstop.TaskRequest;
import dev.taskstop.TaskRequestException;
import dev.taskstop.TaskResponse;
import dev.taskstop.TaskTransport;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Arrays;
import java.util.function.BiFunction;
import javax.net.ssl.SSLHandshakeException;
import org.reactivestreams.Publisher;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Carries requests on Spring's {@link WebClient}. */
final class WebClientTransport implements TaskTransport {

    private final WebClient exchanges;
    private final WebClient streams;

    WebClientTransport(WebClient exchanges, WebClient streams) {
        this.exchanges = exchanges;
        this.streams = streams;
    }

    @Override
    public Mono<TaskResponse> exchange(TaskRequest request) {
        return prepared(exchanges, request, MediaType.APPLICATION_JSON)
                .exchangeToMono(response -> whole(request, response))
                .onErrorMap(WebClientTransport::wasNotSent, failure -> TaskRequestException.notSent(request, failure));
    }

    @Override
    public <T> Flux<T> stream(TaskRequest request, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        return prepared(streams, request, MediaType.TEXT_EVENT_STREAM)
                .exchangeToFlux(response -> response.statusCode().is2xxSuccessful()
                        ? Flux.from(read.apply(answer(response, new byte[0], false), chunks(response)))
                        : whole(request, response).flatMapMany(refusal -> read.apply(refusal, Flux.empty())))
                .onErrorMap(WebClientTransport::wasNotSent, failure -> TaskRequestException.notSent(request, failure));
    }

    private static WebClient.RequestHeadersSpec<?> prepared(WebClient client, TaskRequest request, MediaType accepted) {
        WebClient.RequestBodySpec spec = client.method(HttpMethod.valueOf(request.method()))
                .uri(request.uri())
                .header(HttpHeaders.AUTHORIZATION, request.authorization())
                .header(HttpHeaders.USER_AGENT, request.userAgent())
                .accept(accepted);
        byte[] body = request.body();
        return body == null
                ? spec
                : spec.contentType(MediaType.APPLICATION_JSON).bodyValue(body);
    }

    private static Mono<TaskResponse> whole(TaskRequest request, ClientResponse response) {
        int limit = request.maxBodyBytes();
        Flux<DataBuffer> body = DataBufferUtils.takeUntilByteCount(response.bodyToFlux(DataBuffer.class), limit + 1L);
        return DataBufferUtils.join(body)
                .map(WebClientTransport::bytes)
                .defaultIfEmpty(new byte[0])
                .map(bytes -> bytes.length > limit
                        ? answer(response, Arrays.copyOf(bytes, limit), true)
                        : answer(response, bytes, false));
    }

    private static Flux<byte[]> chunks(ClientResponse response) {
        return response.bodyToFlux(DataBuffer.class).map(WebClientTransport::bytes);
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

    /** What fails like this had no connection to be sent over. */
    private static boolean wasNotSent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof UnresolvedAddressException
                    || cause instanceof SSLHandshakeException
                    || cause instanceof HttpConnectTimeoutException) {
                return true;
            }
        }
        return false;
    }
}
