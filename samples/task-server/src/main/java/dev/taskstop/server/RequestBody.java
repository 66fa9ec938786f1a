package dev.taskstop.server;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpUtil;
import java.io.ByteArrayOutputStream;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;

/** Reads the JSON body of a request, up to a size. */
final class RequestBody {

    static final int MAX_BYTES = 64 << 10;

    private RequestBody() {}

    /**
     * Reads the body; answers 413 when it is too large, and as the API does else.
     *
     * @param anyContentType whether it is read, too, when it is not declared as JSON; else the answer is 400
     */
    static <T> Mono<T> read(HttpServerRequest request, Class<T> type, ServedApi api, boolean anyContentType) {
        CharSequence mimeType =
                HttpUtil.getMimeType(String.valueOf(request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE)));
        boolean declared = mimeType != null && ServerAnswer.JSON.equalsIgnoreCase(mimeType.toString());
        if (!declared && !anyContentType) {
            return Mono.error(ApiException.badRequest("Content-Type must be application/json"));
        }
        if (length(request) > MAX_BYTES) {
            return Mono.error(tooLarge());
        }
        return request.receive()
                .asByteArray()
                .collect(ByteArrayOutputStream::new, RequestBody::append)
                .map(bytes -> JsonBodies.read(bytes.toByteArray(), type, api));
    }

    private static void append(ByteArrayOutputStream bytes, byte[] chunk) {
        if (bytes.size() + chunk.length > MAX_BYTES) {
            throw tooLarge();
        }
        bytes.write(chunk, 0, chunk.length);
    }

    private static long length(HttpServerRequest request) {
        try {
            String length = request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
            return length == null ? 0 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            throw ApiException.badRequest("Invalid Content-Length");
        }
    }

    private static ApiException tooLarge() {
        return new ApiException(413, "Request body is too large");
    }
}
