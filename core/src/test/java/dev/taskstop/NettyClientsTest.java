package dev.taskstop;

import static dev.taskstop.NettyClientsTest.Step.ANSWER;
import static dev.taskstop.NettyClientsTest.Step.CANCEL;
import static dev.taskstop.NettyClientsTest.Step.CONNECTION_ENDS;
import static dev.taskstop.NettyClientsTest.Step.CONNECTS;
import static dev.taskstop.NettyClientsTest.Step.FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.test.util.RaceTestUtils;

/** The first request opens a connection, the others wait for it; whatever becomes of it, one of them goes on at once. */
class NettyClientsTest {

    private final NettyClients clients = new NettyClients(NettyClientsTest::overHttp2, NettyClientsTest::overHttp2);
    private final List<Sinks.One<String>> begun = new ArrayList<>();

    private static HttpClient overHttp2(NettyClients clients) {
        return HttpClient.create().protocol(HttpProtocol.H2C);
    }

    private void fail() {
        begun.get(0).tryEmitError(new IllegalStateException("refused"));
    }

    private Disposable request() {
        return clients.with(client -> {
                    Sinks.One<String> answer = Sinks.one();
                    begun.add(answer);
                    return answer.asMono().flux();
                })
                .onErrorComplete()
                .subscribe();
    }

    /** What may happen to the request that opens a connection, and to the connection. */
    enum Step {
        CONNECTS,
        CONNECTION_ENDS,
        CANCEL,
        FAILURE,
        ANSWER
    }

    private void happens(Step step, Disposable request) {
        switch (step) {
            case CONNECTS -> clients.connects();
            case CONNECTION_ENDS -> clients.ended();
            case CANCEL -> request.dispose();
            case FAILURE -> fail();
            case ANSWER -> begun.get(0).tryEmitValue("answer");
        }
    }

    static Stream<List<Step>> waysToComeToNothing() {
        return Stream.of(
                List.of(CANCEL),
                List.of(CONNECTS, CONNECTION_ENDS, CANCEL),
                List.of(CONNECTS, CANCEL, CONNECTION_ENDS),
                List.of(CONNECTS, CONNECTION_ENDS, FAILURE),
                List.of(CONNECTS, FAILURE),
                List.of(CONNECTS, FAILURE, CONNECTION_ENDS),
                List.of(FAILURE),
                List.of(CONNECTS, ANSWER));
    }

    @ParameterizedTest
    @MethodSource("waysToComeToNothing")
    void the_next_goes_on_at_once_when_an_attempt_has_come_to_nothing(List<Step> steps) {
        Disposable first = request();
        request();
        request();
        assertThat(begun).hasSize(1);

        steps.forEach(step -> happens(step, first));

        assertThat(begun).hasSize(2);
    }

    /** Whose turn has come may go at that moment, and then opens nothing. */
    @Test
    void the_turn_is_not_lost_when_the_next_goes_as_it_comes() {
        for (int round = 0; round < 1_000; round++) {
            request();
            Disposable second = request();
            Disposable third = request();

            RaceTestUtils.race(this::fail, second::dispose);

            assertThat(begun).as("round %d", round).hasSizeBetween(2, 3);
            third.dispose();
            begun.clear();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_connection_that_is_still_being_opened_is_left_to_the_next(boolean begins) {
        Disposable first = request();
        request();
        request();

        clients.connects();
        first.dispose();
        assertThat(begun).as("one connection at a time").hasSize(1);
        if (begins) {
            clients.opened();
            assertThat(begun).as("all share it").hasSize(3);
        }
    }
}
