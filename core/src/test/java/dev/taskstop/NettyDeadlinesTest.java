package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

class NettyDeadlinesTest {

    private static final Origin ORIGIN = new Origin(URI.create("https://127.0.0.1"), "", false);

    private final NettyDeadlines deadlines = new NettyDeadlines(Duration.ofMillis(20));

    private Mono<Void> deadline() {
        return deadlines.of(new NettyExchange(TaskDialect.cloud().stopRequest(ORIGIN, "t1")));
    }

    /** They end together, on one timer. */
    @ParameterizedTest
    @MethodSource("dev.taskstop.UserCodeTest#failures")
    void a_subscriber_that_throws_costs_the_others_nothing(Throwable failure) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(10);
        for (int i = 0; i < 10; i++) {
            deadline()
                    .then(Mono.error(TimeoutException::new))
                    .subscribe(unused -> {}, late -> UserCodeTest.sneak(failure));
            deadline().subscribe(unused -> {}, unexpected -> {}, ended::countDown);
        }

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
    }
}
