package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;

/** Failures before a request leaves, as against those after. */
class NeverSentTest {

    private static final int ATTEMPTS = 3;
    private static final StopRetry RETRY = Wire.QUICK.withMaxAttempts(ATTEMPTS);

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    @Test
    void a_refused_connection_is_a_request_that_was_not_sent() throws IOException {
        URI closed = closedPort();
        AtomicInteger connects = new AtomicInteger();
        TaskClient client = wire.client(
                closed,
                settings -> settings.retry(RETRY)
                        .httpClient(http -> http.doOnConnect(config -> connects.incrementAndGet())));

        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(failure)
                .isInstanceOf(TaskRequestException.class)
                .hasMessageStartingWith("PATCH /api/tasks/{taskId} was not sent")
                .hasCauseInstanceOf(ConnectException.class);
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(failure.getSuppressed()).isEmpty();
        assertThat(connects).hasValue(ATTEMPTS);
    }

    @Test
    void a_status_that_was_not_sent_is_not_tried_again() throws IOException {
        URI closed = closedPort();
        AtomicInteger connects = new AtomicInteger();
        TaskClient client = wire.client(
                closed,
                settings -> settings.retry(RETRY)
                        .httpClient(http -> http.doOnConnect(config -> connects.incrementAndGet())));

        TaskException failure = Wire.failure(client.status(ID));

        assertThat(failure).isInstanceOf(TaskRequestException.class);
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(connects).hasValue(1);
    }

    @Test
    void every_task_of_a_bulk_stop_fails_alone_when_nothing_listens() throws IOException {
        TaskClient client = wire.client(closedPort(), settings -> settings.retry(RETRY));

        List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(40))));

        assertThat(results)
                .hasSize(40)
                .allSatisfy(result -> assertThat(result)
                        .isInstanceOfSatisfying(
                                Failed.class,
                                failed -> assertThat(failed.error().isOutcomeUnknown())
                                        .isFalse()));
    }

    @Test
    void a_host_that_does_not_resolve_is_a_request_that_was_not_sent() {
        Names names = new Names(host -> {
            throw new UnknownHostException(host);
        });
        TaskClient client = wire.client(
                URI.create("http://taskstop.invalid"),
                settings -> settings.allowInsecureHttp().retry(RETRY).httpClient(http -> http.resolver(names)));

        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(failure).isInstanceOf(TaskRequestException.class).hasCauseInstanceOf(UnknownHostException.class);
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(names.asked).hasValue(ATTEMPTS);
    }

    /** Fails at once where a name server says so, and after the query's time-out where none can be reached. */
    @Test
    void a_host_that_the_usual_resolver_does_not_find_is_a_request_that_was_not_sent() {
        TaskClient client = wire.client(
                URI.create("http://taskstop.invalid."),
                settings -> settings.allowInsecureHttp()
                        .retry(Wire.ONCE)
                        .httpClient(http -> http.resolver(spec ->
                                spec.queryTimeout(Duration.ofMillis(500)).maxQueriesPerResolve(1))));

        TaskException failure = Wire.failure(client.stop(ID));

        assertThat(failure).isInstanceOf(TaskRequestException.class);
        assertThat(failure.isOutcomeUnknown()).isFalse();
    }

    @Test
    void the_resolver_of_a_customizer_is_used() throws InterruptedException {
        Wire.dispatch(server, Wire::running);
        Names names = new Names(host -> InetAddress.getByAddress(host, new byte[] {127, 0, 0, 1}));
        TaskClient client = wire.client(
                URI.create("http://taskstop.invalid:" + server.getPort()),
                settings -> settings.allowInsecureHttp().httpClient(http -> http.resolver(names)));

        Wire.value(client.stop(ID));

        assertThat(Wire.requests(server))
                .singleElement()
                .satisfies(request ->
                        assertThat(request.getHeaders().get("Host")).isEqualTo("taskstop.invalid:" + server.getPort()));
        assertThat(names.asked).hasValue(1);
    }

    @Test
    void what_failed_before_there_was_a_connection_is_not_sent_when_there_is_one() throws InterruptedException {
        Wire.dispatch(server, Wire::running);
        TaskClient client = failingOnceWhileConnecting(new IllegalStateException("too early"));

        TaskException failure = Wire.failure(client.stop("first"));
        Wire.value(client.stop("second")); // waits for the connection, so the first one would have been sent

        assertThat(failure)
                .isInstanceOf(TaskRequestException.class)
                .hasMessageStartingWith("PATCH /api/tasks/{taskId} was not sent");
        assertThat(failure.isOutcomeUnknown()).isFalse();
        assertThat(Wire.requests(server))
                .singleElement()
                .satisfies(request -> assertThat(Wire.taskId(request)).isEqualTo("second"));
    }

    @Test
    void a_read_before_there_is_a_connection_is_no_failure() {
        Wire.dispatch(server, Wire::running);

        Wire.value(failingOnceWhileConnecting(new NotYetConnectedException()).stop(ID));
    }

    private TaskClient failingOnceWhileConnecting(Exception failure) {
        AtomicBoolean first = new AtomicBoolean(true);
        return wire.client(
                server,
                settings -> settings.retry(Wire.ONCE)
                        .concurrency(1)
                        .httpClient(http -> http.doOnChannelInit((observer, channel, address) -> {
                            if (first.getAndSet(false)) {
                                channel.pipeline().addFirst(new FailingConnect(failure));
                            }
                        })));
    }

    /** Connects, and tells of a failure meanwhile. */
    private static final class FailingConnect extends ChannelOutboundHandlerAdapter {

        private final Exception failure;

        FailingConnect(Exception failure) {
            this.failure = failure;
        }

        @Override
        public void connect(
                ChannelHandlerContext context, SocketAddress remote, SocketAddress local, ChannelPromise promise) {
            ChannelFuture unused = context.connect(remote, local, promise);
            context.pipeline().fireExceptionCaught(failure);
        }
    }

    private static URI closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:" + socket.getLocalPort());
        }
    }

    private interface Lookup {
        InetAddress find(String host) throws UnknownHostException;
    }

    /** A resolver that asks nobody outside. */
    private static final class Names extends AddressResolverGroup<InetSocketAddress> {

        private final Lookup lookup;
        private final AtomicInteger asked = new AtomicInteger();

        Names(Lookup lookup) {
            this.lookup = lookup;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {
                @Override
                protected void doResolve(String host, Promise<InetAddress> promise) {
                    asked.incrementAndGet();
                    try {
                        promise.setSuccess(lookup.find(host));
                    } catch (UnknownHostException e) {
                        promise.setFailure(e);
                    }
                }

                @Override
                protected void doResolveAll(String host, Promise<List<InetAddress>> promise) {
                    asked.incrementAndGet();
                    try {
                        promise.setSuccess(List.of(lookup.find(host)));
                    } catch (UnknownHostException e) {
                        promise.setFailure(e);
                    }
                }
            }.asAddressResolver();
        }
    }
}
