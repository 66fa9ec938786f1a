package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.StopResult.Failed;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPOutputStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.junit5.StartStop;
import okhttp3.Protocol;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.netty.http.client.HttpClient;

/** Bodies that are compressed, among them those that are small on the wire and huge when they are inflated. */
class CompressionTest {

    private static final int MEGABYTE = 1024 * 1024;

    /** What one read from the socket may hold, at the highest ratio of the method. */
    private static final long ONE_READ_INFLATED = 70L * MEGABYTE;

    private static final byte[] BOMB = zipped(Wire.stopped(ID), 300 * MEGABYTE);

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private final Inflated inflated = new Inflated();

    private static byte[] zipped(String begin, int blanks) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            zip.write(RawServer.bytes(begin));
            byte[] megabyte = RawServer.bytes(" ".repeat(MEGABYTE));
            for (int i = 0; i < blanks / MEGABYTE; i++) {
                zip.write(megabyte);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static MockResponse gzip(byte[] body) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "application/json")
                .addHeader("Content-Encoding", "gzip")
                .body(new Buffer().write(body))
                .build();
    }

    private TaskClient client(UnaryOperator<HttpClient> http) {
        return wire.client(server, settings -> settings.retry(Wire.ONCE).httpClient(http));
    }

    /** Inflates, and counts what comes of it. */
    private HttpClient inflating(HttpClient http) {
        return http.compress(true)
                .doOnRequest((request, connection) -> connection.addHandlerLast("inflated", inflated));
    }

    @Test
    void compression_is_not_asked_for_and_what_is_compressed_all_the_same_is_not_inflated()
            throws InterruptedException {
        Wire.dispatch(server, gzip(zipped(Wire.stopped(ID), 0)), "processing");

        assertUnreadable(client(http -> http));

        assertThat(Wire.requests(server))
                .allSatisfy(request -> assertThat(request.getHeaders().values("Accept-Encoding"))
                        .containsExactly("identity"));
    }

    @Test
    void a_customizer_may_turn_compression_on() throws InterruptedException {
        Wire.dispatch(server, gzip(zipped(Wire.stopped(ID), 0)), "processing");

        assertThat(Wire.value(client(this::inflating).stop(ID)).userId()).isEqualTo(Wire.USER);

        assertThat(Wire.requests(server))
                .allSatisfy(request -> assertThat(request.getHeaders().values("Accept-Encoding"))
                        .containsExactly("gzip"));
        assertThat(inflated.bytes).hasValue(Wire.stopped(ID).length());
    }

    @Test
    void a_bomb_is_not_inflated_where_nobody_turned_compression_on() {
        Wire.dispatch(server, gzip(BOMB), "processing");

        assertUnreadable(client(http -> http));
    }

    @Test
    void a_bomb_is_inflated_no_further_than_what_had_arrived_when_it_became_too_large() {
        Wire.dispatch(server, gzip(BOMB), "processing");

        assertUnreadable(client(this::inflating));

        System.out.printf("%,d bytes on the wire, %,d inflated%n", BOMB.length, inflated.bytes.get());
        assertThat(inflated.bytes).hasValueGreaterThan(64 * 1024).hasValueLessThan(ONE_READ_INFLATED);
        assertThat(inflated.largest).hasValueLessThan(MEGABYTE);
    }

    @Test
    void over_HTTP_2_a_bomb_is_not_inflated_any_further_either() {
        server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
        Wire.dispatch(server, gzip(BOMB), "processing");
        TaskClient client = wire.client(
                server,
                settings -> settings.retry(Wire.ONCE).http2PriorKnowledge().httpClient(this::inflating));

        assertUnreadable(client);

        System.out.printf("%,d bytes on the wire, %,d inflated%n", BOMB.length, inflated.bytes.get());
        assertThat(inflated.bytes).hasValueGreaterThan(64 * 1024).hasValueLessThan(ONE_READ_INFLATED);
        assertThat(inflated.largest).hasValueLessThan(MEGABYTE);
        Wire.dispatch(server, Wire::running);
        assertThat(Wire.value(client.stop("next")).taskId()).isEqualTo("next");
    }

    private static void assertUnreadable(TaskClient client) {
        assertThat(Wire.result(client, ID)).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.error()).isInstanceOf(TaskDecodingException.class);
            assertThat(failed.error().isOutcomeUnknown()).isTrue();
        });
    }

    @Sharable
    private static final class Inflated extends ChannelInboundHandlerAdapter {

        private final AtomicLong bytes = new AtomicLong();
        private final AtomicLong largest = new AtomicLong();

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof ByteBufHolder holder) {
                int length = holder.content().readableBytes();
                bytes.addAndGet(length);
                largest.accumulateAndGet(length, Math::max);
            }
            context.fireChannelRead(message);
        }
    }
}
