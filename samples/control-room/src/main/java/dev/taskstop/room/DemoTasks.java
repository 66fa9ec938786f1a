package dev.taskstop.room;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Creates tasks as a service of somebody's would: a few hundred at first, then one now and then. */
final class DemoTasks implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(DemoTasks.class);

    private static final int AT_FIRST = 240;
    private static final int AT_ONCE = 16;
    private static final int AT_MOST = 20_000;
    private static final Duration NOW_AND_THEN = Duration.ofMillis(1500);

    private static final List<String> PROMPTS = List.of(
            "Upgrade Spring Boot to 4.0 and fix what breaks",
            "Add integration tests for the payment webhook",
            "Find out why checkout is slow for large carts",
            "Replace the hand-written SQL in OrderDao",
            "Write Javadoc for the public API",
            "Make the nightly export resumable",
            "Remove the feature flag new-search",
            "Fix the flaky test in InvoiceServiceTest",
            "Move the cron jobs to the scheduler service",
            "Translate the error messages to German",
            "Add rate limiting to the public endpoints",
            "Reduce the size of the container image");
    private static final List<String> REPOSITORIES =
            List.of("shop/checkout", "shop/orders", "platform/billing", "platform/search", "tools/reports");
    private static final List<String> AGENTS = List.of("blackbox", "claude", "codex", "gemini");

    private final WebClient api;
    private final Random random = new Random(2026);
    private Disposable creation = Disposables.disposed();

    DemoTasks(WebClient api) {
        this.api = api;
    }

    @Override
    public void start() {
        creation = Flux.range(0, AT_FIRST)
                .flatMap(number -> create(), AT_ONCE)
                .thenMany(Flux.interval(NOW_AND_THEN)
                        .onBackpressureDrop()
                        .take(AT_MOST)
                        .concatMap(tick -> create()))
                .subscribe(nothing -> {}, failure -> log.warn("No more demo tasks", failure));
    }

    @Override
    public void stop() {
        creation.dispose();
    }

    @Override
    public boolean isRunning() {
        return !creation.isDisposed();
    }

    private Mono<Void> create() {
        Map<String, String> task = Map.of(
                "prompt",
                any(PROMPTS),
                "repoUrl",
                "https://github.com/" + any(REPOSITORIES),
                "selectedBranch",
                "main",
                "selectedAgent",
                any(AGENTS),
                "selectedModel",
                "default");
        return api.post()
                .uri("/api/tasks")
                .bodyValue(task)
                .retrieve()
                .toBodilessEntity()
                .then();
    }

    private synchronized String any(List<String> choice) {
        return choice.get(random.nextInt(choice.size()));
    }
}
