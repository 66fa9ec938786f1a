package dev.taskstop.room;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Bounds the event streams of a session: a browser has six connections for all of its tabs, and each stream holds one.
 * A new one ends the oldest, so that there are always connections for stops.
 */
@Component
class Streams {

    static final int PER_SESSION = 3;

    private final Map<String, Map<String, Sinks.Empty<Void>>> bySession = new HashMap<>();

    /** A cold {@link Flux} that ends with the farewell when there are too many newer ones; a page has one stream. */
    <T> Flux<T> bound(String session, String page, Flux<T> stream, T farewell) {
        return Flux.defer(() -> {
            Sinks.Empty<Void> end = Sinks.empty();
            begin(session, page, end).forEach(Sinks.Empty::tryEmitEmpty);
            return stream.takeUntilOther(end.asMono())
                    .concatWith(Mono.defer(() -> isOpen(session, end) ? Mono.empty() : Mono.just(farewell)))
                    .doFinally(signal -> forget(session, end));
        });
    }

    /** Gives those that have lost their place by it. They are ended outside the lock, as their ends come back here. */
    private synchronized List<Sinks.Empty<Void>> begin(String session, String page, Sinks.Empty<Void> end) {
        Map<String, Sinks.Empty<Void>> open = bySession.computeIfAbsent(session, key -> new LinkedHashMap<>());
        List<Sinks.Empty<Void>> displaced = new ArrayList<>();
        Optional.ofNullable(open.remove(page)).ifPresent(displaced::add);
        open.put(page, end);
        if (open.size() > PER_SESSION) {
            Iterator<Sinks.Empty<Void>> oldestFirst = open.values().iterator();
            displaced.add(oldestFirst.next());
            oldestFirst.remove();
        }
        return displaced;
    }

    private synchronized boolean isOpen(String session, Sinks.Empty<Void> end) {
        return bySession.getOrDefault(session, Map.of()).containsValue(end);
    }

    private synchronized void forget(String session, Sinks.Empty<Void> end) {
        bySession.computeIfPresent(session, (key, open) -> {
            open.values().remove(end);
            return open.isEmpty() ? null : open;
        });
    }
}
