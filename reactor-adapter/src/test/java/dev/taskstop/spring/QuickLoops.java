package dev.taskstop.spring;

import java.time.Duration;
import org.springframework.http.client.ReactorResourceFactory;

/** Event loops that end at once: by default each context that ends waits for two seconds of quiet. */
final class QuickLoops {

    private QuickLoops() {}

    static ReactorResourceFactory factory() {
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setShutdownQuietPeriod(Duration.ZERO);
        return factory;
    }
}
