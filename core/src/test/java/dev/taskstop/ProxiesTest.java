package dev.taskstop;

import static dev.taskstop.RawServer.bytes;
import static dev.taskstop.Wire.ID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import dev.taskstop.StopResult.Failed;
import dev.taskstop.TaskRequestException.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.netty.transport.ProxyProvider.Proxy;

/** Whatever becomes of the way through a proxy, before it is open nothing was sent. */
class ProxiesTest {

    private static final Duration TIMEOUT = Duration.ofMillis(500);

    @RegisterExtension
    final Wire wire = new Wire();

    private static Map<String, RawServer.Conversation> refusals() {
        Map<String, RawServer.Conversation> kinds = new LinkedHashMap<>();
        kinds.put("says nothing", RawServer.Peer::isGone);
        kinds.put("reads all and says nothing", peer -> peer.in.readAllBytes());
        kinds.put("ends the connection", peer -> peer.in.read());
        kinds.put("resets the connection", peer -> {
            peer.in.read();
            peer.socket.setSoLinger(true, 0);
        });
        return kinds;
    }

    private static RawServer.Conversation saying(String answer) {
        return peer -> {
            peer.in.read();
            peer.say(bytes(answer));
            peer.in.readAllBytes();
        };
    }

    private static Map<String, RawServer.Conversation> refusals(Proxy type) {
        Map<String, RawServer.Conversation> kinds = refusals();
        if (type == Proxy.HTTP) {
            kinds.put("wants to know who asks", saying("HTTP/1.1 407 X\r\nContent-Length: 0\r\n\r\n"));
            kinds.put("does not reach the server", saying("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"));
            kinds.put("begins to agree", saying("HTTP/1.1 200 O"));
            kinds.put("says what is no HTTP", saying("garbage\r\n\r\n"));
        } else {
            kinds.put("knows no way to ask", saying("\u0005\u00ff"));
            kinds.put("wants to know who asks", saying("\u0005\u0001"));
            kinds.put("begins to agree", saying("\u0005"));
            kinds.put("does not reach the server", saying("\u0005\u0000\u0005\u0001\u0000\u0001" + "\u0000".repeat(6)));
        }
        return kinds;
    }

    static Stream<Arguments> proxies() {
        List<Arguments> all = new ArrayList<>();
        for (Proxy type : List.of(Proxy.HTTP, Proxy.SOCKS5)) {
            for (String scheme : List.of("http", "https", "h2c")) {
                refusals(type)
                        .forEach((name, kind) ->
                                all.add(argumentSet(type + " proxy to " + scheme + " " + name, type, scheme, kind)));
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("proxies")
    void that_do_not_open_the_way_let_nothing_be_sent(Proxy type, String scheme, RawServer.Conversation kind)
            throws IOException {
        try (RawServer proxy = new RawServer(kind)) {
            URI url = URI.create((scheme.equals("https") ? scheme : "http") + "://127.0.0.1:1");
            TaskClient client = wire.client(url, settings -> {
                TaskClientBuilder builder = settings.retry(Wire.ONCE)
                        .requestTimeout(TIMEOUT)
                        .httpClient(http -> http.proxy(spec -> spec.type(type)
                                .host("127.0.0.1")
                                .port(proxy.url().getPort())));
                return scheme.equals("h2c") ? builder.http2PriorKnowledge() : builder;
            });

            StopResult result = Wire.result(client, ID);

            assertThat(result)
                    .isInstanceOfSatisfying(
                            Failed.class,
                            failed -> assertThat(failed.error())
                                    .isInstanceOfSatisfying(TaskRequestException.class, error -> {
                                        assertThat(error.reason()).isEqualTo(Reason.NOT_SENT);
                                        assertThat(error.isOutcomeUnknown()).isFalse();
                                        assertThat(error.getCause()).isNotInstanceOf(SSLException.class);
                                    }));
        }
    }
}
