package dev.taskstop.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** The server-sent events of one reader: what is new is looked up a few times a second, until the task ends. */
final class CloudLogStream {

    private static final Duration PERIOD = Duration.ofMillis(50);

    private final Task task;
    private final boolean includeStatus;
    private final InstantSource clock;
    private int nextIndex;
    private @Nullable Status lastStatus;

    private CloudLogStream(Task task, int fromIndex, boolean includeStatus, InstantSource clock) {
        this.task = task;
        this.includeStatus = includeStatus;
        this.clock = clock;
        this.nextIndex = fromIndex;
    }

    static Flux<ByteBuf> of(Task task, int fromIndex, boolean includeStatus, InstantSource clock) {
        return Flux.defer(() -> {
            CloudLogStream stream = new CloudLogStream(task, fromIndex, includeStatus, clock);
            Flux<Event> news =
                    Flux.interval(Duration.ZERO, PERIOD).onBackpressureDrop().concatMapIterable(tick -> stream.news());
            return Flux.concat(Flux.just(new Event("connected", new Connected(task.id()))), news)
                    .takeUntil(event -> event.name().equals("complete"))
                    .map(Event::encode);
        });
    }

    private List<Event> news() {
        long now = clock.millis();
        TaskView view = task.view(now);
        List<Event> events = new ArrayList<>();
        for (LogLine line : LogLine.from(nextIndex, view, now)) {
            events.add(new Event("log", line));
            nextIndex = line.index() + 1;
        }
        if (includeStatus && view.status() != lastStatus) {
            events.add(new Event("status", new StatusChange(view.status().toString(), view.error())));
        }
        lastStatus = view.status();
        if (!view.status().isActive()) {
            events.add(new Event("complete", new Complete(view.status().toString(), LogLine.total(view, now))));
        }
        return events;
    }

    private record Connected(String taskId) {}

    private record StatusChange(String status, @Nullable String error) {}

    private record Complete(String status, int totalLogs) {}

    private record Event(String name, Object data) {

        ByteBuf encode() {
            byte[] head = ("event: " + name + "\ndata: ").getBytes(StandardCharsets.UTF_8);
            return Unpooled.wrappedBuffer(head, JsonBodies.write(data), new byte[] {'\n', '\n'});
        }
    }
}
