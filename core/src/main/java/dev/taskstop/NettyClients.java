package dev.taskstop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;

/**
 * The clients of one pool, and which of them a request takes. Requests over HTTP/2 share connections, so the first one
 * opens one, and the others wait until it is there. Those over HTTP/1.1 each need one, and open them side by side. Over
 * TLS the first connection tells which it is.
 */
final class NettyClients {

    private enum Protocol {
        UNKNOWN,
        HTTP_1,
        HTTP_2
    }

    /** Of one that waits for a connection, or opens one. */
    private static final class Turn {

        private final Sinks.Empty<Void> come = Sinks.empty();

        /** When the subscriber went while a connection was being opened; that goes on, and is of use to the next. */
        private long leftAt = NEVER;

        /** Whether a connection is being opened. Only one that will yet begin or end is waited for. */
        private boolean connecting;
    }

    private static final long NEVER = Long.MIN_VALUE;
    private static final long MAX_NANOS_ABANDONED = Duration.ofSeconds(10).toNanos();

    private final NettyClient first;
    private final Function<NettyClients, HttpClient> http11Only;
    private final Set<Turn> waiting = new LinkedHashSet<>();
    private volatile @Nullable Turn atWork;
    private volatile Protocol protocol = Protocol.UNKNOWN;
    private volatile int open;
    private volatile @Nullable NettyClient overHttp1;
    private volatile boolean creating;

    /**
     * Creates the clients.
     *
     * @param first makes the client that is used unless it is known that the server speaks HTTP/1.1 only
     * @param http11Only makes the one that is used then
     */
    NettyClients(Function<NettyClients, HttpClient> first, Function<NettyClients, HttpClient> http11Only) {
        this.http11Only = http11Only;
        HttpClient http = first.apply(this);
        List<HttpProtocol> protocols = Arrays.asList(http.configuration().protocols());
        boolean mayBeHttp1 = protocols.contains(HttpProtocol.HTTP11);
        boolean isHttp1 = mayBeHttp1 && protocols.size() == 1;
        this.first = new NettyClient(http, isHttp1, mayBeHttp1 && !isHttp1);
        if (isHttp1 || !(protocols.contains(HttpProtocol.H2) || protocols.contains(HttpProtocol.H2C))) {
            protocol = Protocol.HTTP_1;
            overHttp1 = this.first;
        } else if (!mayBeHttp1) {
            protocol = Protocol.HTTP_2;
        }
    }

    /** Uses the client that suits, as soon as it is known which. */
    <T> Flux<T> with(Function<NettyClient, Flux<T>> use) {
        return Flux.defer(() -> {
            NettyClient suiting = suiting();
            return suiting == null ? inTurn(use) : use.apply(suiting);
        });
    }

    private <T> Flux<T> inTurn(Function<NettyClient, Flux<T>> use) {
        Turn turn = new Turn();
        Flux<T> used = Flux.defer(() -> {
            NettyClient suiting = suiting();
            return use.apply(suiting == null ? first : suiting);
        });
        return turn.come
                .asMono()
                .thenMany(used)
                .doOnSubscribe(subscription -> enter(turn))
                .doFinally(signal -> leave(turn, signal == SignalType.CANCEL));
    }

    private @Nullable NettyClient suiting() {
        return switch (protocol) {
            case UNKNOWN -> null;
            case HTTP_1 -> overHttp1;
            case HTTP_2 -> open > 0 ? first : null;
        };
    }

    private void enter(Turn turn) {
        synchronized (this) {
            boolean busy = creating || (atWork != null && !isAbandonedForLong(atWork));
            if (busy && suiting() == null) {
                waiting.add(turn);
                return;
            }
            atWork = turn;
        }
        turn.come.tryEmitEmpty();
    }

    /** The end of a connection is told by {@link #ended}; this is for one that neither ends nor begins. */
    private static boolean isAbandonedForLong(Turn turn) {
        return turn.leftAt != NEVER && System.nanoTime() - turn.leftAt > MAX_NANOS_ABANDONED;
    }

    private void leave(Turn turn, boolean cancelled) {
        synchronized (this) {
            waiting.remove(turn);
            if (atWork != turn) {
                return;
            }
            if (cancelled && turn.connecting && suiting() == null) {
                turn.leftAt = System.nanoTime();
                return;
            }
        }
        letNextIn(turn);
    }

    private void letNextIn(Turn before) {
        Turn next;
        synchronized (this) {
            if (atWork != before) {
                return;
            }
            next = waiting.stream().findFirst().orElse(null);
            waiting.remove(next);
            atWork = next;
        }
        if (next != null) {
            next.come.tryEmitEmpty();
        }
    }

    /** A connection is being opened. */
    synchronized void connects() {
        if (atWork != null) {
            atWork.connecting = true;
        }
    }

    /** A connection has ended, perhaps before it began. */
    void ended() {
        Turn turn;
        synchronized (this) {
            turn = atWork;
            if (turn == null) {
                return;
            }
            turn.connecting = false;
            if (turn.leftAt == NEVER) {
                return;
            }
        }
        letNextIn(turn);
    }

    private void letAllIn() {
        List<Turn> all;
        synchronized (this) {
            if (suiting() == null) {
                return;
            }
            all = new ArrayList<>(waiting);
            waiting.clear();
            atWork = null;
        }
        all.forEach(turn -> Guard.tell(turn.come::tryEmitEmpty));
    }

    /** A connection over TLS says what is spoken on it. */
    void negotiated(boolean http2) {
        protocol = http2 ? Protocol.HTTP_2 : Protocol.HTTP_1;
        if (!http2 && overHttp1 == null) {
            createForHttp1();
        }
        letAllIn();
    }

    /** A customizer may read certificates, and this is an event loop. */
    private void createForHttp1() {
        synchronized (this) {
            if (creating || overHttp1 != null) {
                return;
            }
            creating = true;
        }
        Disposable unused = Guard.mono(() -> Mono.just(new NettyClient(http11Only.apply(this), true, false)))
                .subscribeOn(Schedulers.boundedElastic())
                .onErrorReturn(first)
                .subscribe(created -> {
                    overHttp1 = created;
                    creating = false;
                    letAllIn();
                });
    }

    /** A connection over HTTP/2 has begun. */
    void opened() {
        synchronized (this) {
            open++;
        }
        letAllIn();
    }

    /** A connection over HTTP/2 has ended. */
    synchronized void closed() {
        open--;
    }
}
