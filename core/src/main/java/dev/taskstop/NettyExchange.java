package dev.taskstop;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.timeout.ReadTimeoutException;
import java.lang.ref.WeakReference;
import java.net.ProtocolException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.NettyOutbound;
import reactor.netty.http.client.HttpClientRequest;
import reactor.netty.http.client.HttpClientResponse;

/** One request on its way: whether it has left decides what a failure means. */
final class NettyExchange {

    /** A request leaves, or fails before; whichever comes first. */
    private enum Stage {
        WAITING,
        SENT,
        NOT_SENT,
        /** It left, and the server says that it was not processed. */
        NOT_PROCESSED
    }

    private final TaskRequest request;
    private final AtomicReference<Stage> stage = new AtomicReference<>(Stage.WAITING);
    private volatile boolean begun;
    private volatile boolean late;

    /**
     * Weak, because a connection keeps its last exchange, and that, by the list whose tasks it stops, the exchange of
     * another connection. Connections that were closed long ago would so be kept, each by a later one.
     */
    private volatile @Nullable WeakReference<Channel> channel;

    private volatile @Nullable NettyHttp2Stream stream;
    private volatile @Nullable Subscription connecting;

    NettyExchange(TaskRequest request) {
        this.request = request;
    }

    /** Called when there is a connection; at times after a failure to connect, which then has been told already. */
    Publisher<Void> write(HttpClientRequest head, NettyOutbound outbound, NettyClient client) {
        outbound.withConnection(connection -> watch(connection, client));
        if (stage.get() == Stage.NOT_SENT) {
            outbound.withConnection(Connection::dispose);
            return Mono.never();
        }
        head.requestHeaders().set(HttpHeaderNames.AUTHORIZATION, request.authorization());
        byte[] body = request.body();
        return body == null ? outbound : outbound.sendObject(Unpooled.wrappedBuffer(body));
    }

    /** Who watches tells when the request leaves; where nobody can, it counts as sent from here on. */
    private void watch(Connection connection, NettyClient client) {
        channel = new WeakReference<>(connection.channel());
        stream = NettyHttp2Stream.watch(connection, this);
        if (stream == null && !client.watch(connection, this)) {
            leaves();
        }
    }

    /** Tells that the first byte is about to leave; false where it must not, because nobody waits any more. */
    boolean leaves() {
        if (stage.get() != Stage.WAITING) {
            return false;
        }
        // First, so that whoever finds that it could not be kept back any more has been told.
        request.markSent();
        boolean left = stage.compareAndSet(Stage.WAITING, Stage.SENT);
        if (left) {
            // It is over, and holds the connection.
            connecting = null;
        }
        return left;
    }

    /** Takes it back: nothing of it could be written. */
    void hasNotLeft() {
        stage.compareAndSet(Stage.SENT, Stage.NOT_SENT);
    }

    void wasNotProcessed() {
        stage.compareAndSet(Stage.SENT, Stage.NOT_PROCESSED);
    }

    /** The wait for a connection has begun. */
    void connects(Subscription subscription) {
        connecting = subscription;
        if (stage.get() == Stage.NOT_SENT) {
            subscription.cancel();
        }
    }

    /** Nobody waits any more: what has not left does not, and nothing is opened for it. */
    void giveUp() {
        Subscription waiting = connecting;
        if (stage.compareAndSet(Stage.WAITING, Stage.NOT_SENT) && waiting != null) {
            waiting.cancel();
        }
    }

    Publisher<TaskResponse> read(HttpClientResponse head, ByteBufFlux content) {
        if (head.status().codeClass() == HttpStatusClass.INFORMATIONAL) {
            return Mono.error(() -> new ProtocolException("What comes before an answer came as the answer"));
        }
        NettyResponseBody body = new NettyResponseBody(request.maxBodyBytes());
        return content.any(body::addAndTestIfTooLarge)
                .map(truncated -> new TaskResponse(
                        head.status().code(),
                        head.responseHeaders()::get,
                        body.toByteArray(),
                        truncated,
                        this::closeConnection));
    }

    /** Over HTTP/1.1, an answer to another request means that each after it may be, too. A stream has but one. */
    private void closeConnection() {
        Channel used = usedChannel();
        if (used != null && stream == null) {
            Connection.from(used).markPersistent(false);
            used.eventLoop().execute(() -> {
                ChannelFuture unused = used.close();
            });
        }
    }

    <T> Publisher<T> stream(
            HttpClientResponse head, ByteBufFlux content, BiFunction<TaskResponse, Flux<byte[]>, Publisher<T>> read) {
        int status = head.status().code();
        if (status < 200 || status > 299) {
            return Mono.from(read(head, content)).flatMapMany(refusal -> read.apply(refusal, Flux.empty()));
        }
        begun = true;
        TaskResponse answer = new TaskResponse(status, head.responseHeaders()::get, new byte[0], false);
        // Deferred, because only what fails once it is subscribed to gives its connection back.
        return Flux.defer(() -> read.apply(answer, content.asByteArray()));
    }

    /** The time is up: true, unless it is a stream that has begun, which may be silent for long. */
    boolean endsLate() {
        late = !begun;
        return late;
    }

    /** Null where there is none yet, or no more: one that is open is kept by its event loop. */
    private @Nullable Channel usedChannel() {
        WeakReference<Channel> known = channel;
        return known == null ? null : known.get();
    }

    /** Runs something on the thread of the connection, where there is one. */
    void run(Runnable action) {
        Channel used = usedChannel();
        if (used == null || used.eventLoop().isShuttingDown()) {
            action.run();
        } else {
            used.eventLoop().execute(action);
        }
    }

    boolean isLate() {
        return late;
    }

    /** The time is up, wherever it was spent. Asked after the cancel, which keeps back what has not left. */
    private Exception timedOut() {
        Channel used = usedChannel();
        NettyHttp2Stream watched = stream;
        if (stage.get() == Stage.NOT_SENT || channel == null) {
            return new TimeoutException("There was no connection in time");
        }
        if (used != null) {
            NettyHttp2Connection.timedOut(used, watched == null || watched.isWritten());
        }
        return ReadTimeoutException.INSTANCE;
    }

    Throwable classify(Throwable thrown) {
        Throwable failure = late ? timedOut() : thrown;
        if (wasNotSent(failure)) {
            return notSent(failure);
        }
        return stage.get() == Stage.NOT_PROCESSED
                ? TaskRequestException.notProcessed(request, failure)
                : TaskRequestException.noAnswer(request, failure);
    }

    /** Of a stream, only what never began is told apart. */
    Throwable classifyStream(Throwable thrown) {
        Throwable failure = late ? timedOut() : thrown;
        if (failure instanceof TaskException) {
            return failure;
        }
        if (wasNotSent(failure)) {
            return notSent(failure);
        }
        return stage.get() == Stage.NOT_PROCESSED ? TaskRequestException.notProcessed(request, failure) : failure;
    }

    private TaskRequestException notSent(Throwable failure) {
        return TaskRequestException.notSent(request, reason(failure));
    }

    /**
     * A server that speaks no TLS is no failure of a connection: the next one would be no better. And where a proxy does
     * not open the way, TLS only tells that it could not write.
     */
    private static Throwable reason(Throwable failure) {
        if (failure instanceof NotSslRecordException) {
            return new SSLHandshakeException("The server does not speak TLS").initCause(failure);
        }
        return failure instanceof SSLException && failure.getCause() instanceof ProxyConnectException refusal
                ? refusal
                : failure;
    }

    /** What is written before a proxy has let the connection through is not sent. */
    private boolean wasNotSent(Throwable failure) {
        return stage.compareAndSet(Stage.WAITING, Stage.NOT_SENT)
                || stage.get() == Stage.NOT_SENT
                || failure instanceof ProxyConnectException;
    }
}
