package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** What would catch a mistake elsewhere does catch one here. */
class SafetyNetsTest {

    @Test
    void blocking_a_reactor_thread_is_an_error() {
        Mono<Void> blocking =
                Mono.<Void>fromRunnable(() -> LockSupport.parkNanos(1_000)).subscribeOn(Schedulers.parallel());

        StepVerifier.create(blocking).expectError(BlockingOperationError.class).verify(Duration.ofSeconds(5));
    }

    @Test
    void a_buffer_that_nobody_releases_is_found() {
        String leak = null;
        for (int i = 0; leak == null && i < 100; i++) {
            ByteBufAllocator.DEFAULT.buffer(64).writeInt(i);
            leak = LeakDetection.find();
        }

        assertThat(leak).contains("ByteBuf");
    }
}
