package dev.taskstop;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;

/**
 * The time-outs of a client's requests. They all are of one length, so they end in the order in which they began, and
 * one timer is enough for however many there are; nearly all are taken away before they end.
 */
final class NettyDeadlines {

    private final long nanos;
    private final Set<Deadline> running = new LinkedHashSet<>();
    private boolean timed;

    NettyDeadlines(Duration time) {
        this.nanos = time.toNanos();
    }

    /**
     * Completes when the time has passed since it was subscribed to and nothing has come of the exchange; on the thread
     * of its connection, so that it does not meet an answer that arrives at that moment.
     */
    Mono<Void> of(NettyExchange exchange) {
        return Mono.create(sink -> {
            Deadline deadline = new Deadline(exchange, sink, System.nanoTime());
            sink.onDispose(deadline);
            add(deadline);
        });
    }

    private synchronized void add(Deadline deadline) {
        running.add(deadline);
        if (!timed) {
            timed = true;
            wakeAfter(nanos);
        }
    }

    private synchronized void remove(Deadline deadline) {
        running.remove(deadline);
    }

    private void wakeAfter(long delay) {
        Disposable unused = Schedulers.parallel().schedule(this::wake, delay, NANOSECONDS);
    }

    private void wake() {
        takePassed().forEach(deadline -> deadline.exchange.run(deadline::end));
    }

    private synchronized List<Deadline> takePassed() {
        List<Deadline> passed = new ArrayList<>();
        long now = System.nanoTime();
        for (Iterator<Deadline> oldest = running.iterator(); oldest.hasNext(); ) {
            Deadline deadline = oldest.next();
            long left = nanos - (now - deadline.start);
            if (left > 0) {
                wakeAfter(left);
                return passed;
            }
            oldest.remove();
            passed.add(deadline);
        }
        timed = false;
        return passed;
    }

    private final class Deadline implements Disposable {

        private final NettyExchange exchange;
        private final MonoSink<Void> sink;
        private final long start;

        Deadline(NettyExchange exchange, MonoSink<Void> sink, long start) {
            this.exchange = exchange;
            this.sink = sink;
            this.start = start;
        }

        void end() {
            if (exchange.endsLate()) {
                Guard.tell(sink::success);
            }
        }

        @Override
        public void dispose() {
            remove(this);
        }
    }
}
