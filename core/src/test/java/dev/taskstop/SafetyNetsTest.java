package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Flux;
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
    void the_locks_of_nettys_allocator_are_none() {
        Flux<Integer> allocating = Flux.range(0, 500).concatMap(round -> {
            AdaptiveByteBufAllocator allocator = new AdaptiveByteBufAllocator();
            return Flux.range(0, 4)
                    .flatMap(thread -> Mono.fromRunnable(() -> {
                                for (int i = 0; i < 50; i++) {
                                    allocator.directBuffer(256).release();
                                }
                            })
                            .subscribeOn(Schedulers.parallel()))
                    .then(Mono.just(round));
        });

        StepVerifier.create(allocating).expectNextCount(500).expectComplete().verify(Duration.ofSeconds(30));
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
