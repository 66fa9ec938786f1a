package dev.taskstop.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;

/** Server-sent events of one reader: what is new is looked up a few times a second, until there is a last one. */
final class EventStream {

    private static final Duration PERIOD = Duration.ofMillis(50);

    private EventStream() {}

    /**
     * An event.
     *
     * @param name what stands after {@code event:}; empty for an event that has only data
     * @param last whether the stream ends with it
     */
    record Event(String name, Object data, boolean last) {

        ByteBuf encode() {
            String head = (name.isEmpty() ? "" : "event: " + name + "\n") + "data: ";
            return Unpooled.wrappedBuffer(
                    head.getBytes(StandardCharsets.UTF_8), JsonBodies.write(data), new byte[] {'\n', '\n'});
        }
    }

    /** @param reader makes, for one reader, what gives the events that are new since it was last asked */
    static Flux<ByteBuf> of(Supplier<Supplier<List<Event>>> reader) {
        return Flux.defer(() -> {
            Supplier<List<Event>> news = reader.get();
            return Flux.interval(Duration.ZERO, PERIOD)
                    .onBackpressureDrop()
                    .concatMapIterable(tick -> news.get())
                    .takeUntil(Event::last)
                    .map(Event::encode);
        });
    }
}
