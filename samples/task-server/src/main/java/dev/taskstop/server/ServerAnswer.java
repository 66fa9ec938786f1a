package dev.taskstop.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Map;
import reactor.core.publisher.Flux;

/** What a request is answered with. */
sealed interface ServerAnswer {

    String JSON = "application/json";

    /** A whole body. */
    record Body(int status, String contentType, Map<String, String> headers, ByteBuf content) implements ServerAnswer {

        static Body json(int status, byte[] content) {
            return new Body(status, JSON, Map.of(), Unpooled.wrappedBuffer(content));
        }
    }

    /** Server-sent events. */
    record Events(Flux<ByteBuf> events) implements ServerAnswer {}

    /**
     * A whole body, and something that happens to its connection.
     *
     * @param surplus what comes behind the body, for {@link FaultKind#SURPLUS}
     */
    record OnWire(FaultKind kind, Body body, Body surplus) implements ServerAnswer {}

    /** The stream is refused. */
    record Refused() implements ServerAnswer {}

    /** The connection (HTTP/2: the stream) ends. */
    record Cut() implements ServerAnswer {}

    /** Nothing happens until the client goes away. */
    record Hang() implements ServerAnswer {}
}
