package dev.taskstop.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Waits for what a publisher gives, for a time. */
final class Signals {

    static final Duration LIMIT = Duration.ofSeconds(15);

    private Signals() {}

    static <T> T value(Mono<T> mono) {
        return values(mono).get(0);
    }

    static <T> List<T> values(Publisher<T> publisher) {
        List<T> values = new ArrayList<>();
        StepVerifier.create(Flux.from(publisher).doOnNext(values::add).then())
                .expectComplete()
                .verify(LIMIT);
        return values;
    }

    static Throwable failure(Publisher<?> publisher) {
        List<Throwable> failures = new ArrayList<>();
        StepVerifier.create(Flux.from(publisher).then())
                .expectErrorSatisfies(failures::add)
                .verify(LIMIT);
        return failures.get(0);
    }
}
