package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.netty.resources.LoopResources;

/**
 * Event loops may end while a client goes on, as those that all clients share do when somebody disposes of them. One
 * that ends without a quiet period can leave its connections open, and nothing is ever done on them again.
 */
class EndedLoopsTest {

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private final Loops loops = new Loops();

    @AfterEach
    void end() {
        loops.end();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_one_has_left_open_is_not_used_again(boolean http2) throws InterruptedException {
        server.setProtocols(List.of(http2 ? Protocol.H2_PRIOR_KNOWLEDGE : Protocol.HTTP_1_1));
        Wire.dispatch(server, Wire::running);
        TaskClient client = wire.client(
                server,
                settings -> (http2 ? settings.http2PriorKnowledge() : settings).httpClient(http -> http.runOn(loops)));
        Wire.value(client.stop(ID));

        for (int i = 1; i <= 3; i++) {
            loops.end();
            List<StopResult> results = Wire.values(client.stopAll(Flux.fromIterable(Wire.ids(20))));

            assertThat(results)
                    .hasSize(20)
                    .allSatisfy(result -> assertThat(result)
                            .isInstanceOfSatisfying(
                                    StopResult.Stopped.class,
                                    stopped -> assertThat(stopped.attempts()).isEqualTo(1)));
        }

        assertThat(Wire.requests(server).stream().map(RecordedRequest::getMethod))
                .hasSize(61)
                .containsOnly("PATCH");
    }

    /** Loops that are followed by others when they end. */
    private static final class Loops implements LoopResources {

        private EventLoopGroup current = group();

        private static EventLoopGroup group() {
            return new MultiThreadIoEventLoopGroup(
                    1, executor -> new LeavesOpen(NioIoHandler.newFactory().newHandler(executor)));
        }

        @Override
        public synchronized EventLoopGroup onServer(boolean useNative) {
            return current;
        }

        synchronized void end() {
            EventLoopGroup ended = current;
            current = group();
            assertThat(ended.shutdownGracefully(0, 0, TimeUnit.SECONDS).awaitUninterruptibly(10, TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    /** What is otherwise a race of the loop's end with its look at whether it is to end. */
    private record LeavesOpen(IoHandler io) implements IoHandler {

        @Override
        public void prepareToDestroy() {}

        @Override
        public void initialize() {
            io.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return io.run(context);
        }

        @Override
        public void destroy() {
            io.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            return io.register(handle);
        }

        @Override
        public void wakeup() {
            io.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> handleType) {
            return io.isCompatible(handleType);
        }
    }
}
