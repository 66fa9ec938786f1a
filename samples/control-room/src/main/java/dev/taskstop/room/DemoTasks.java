package dev.taskstop.room;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.NewTask;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;

/** Creates tasks as a service of somebody's would: a few hundred at first, then one now and then. */
final class DemoTasks implements SmartLifecycle {

    private static final Logger log = LoggerFactory.getLogger(DemoTasks.class);

    private static final int AT_FIRST = 240;
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

    private final TaskServer server;
    private final Lifecycle lifecycle;
    private final Random random = new Random(2026);
    private Disposable creation = Disposables.disposed();

    DemoTasks(TaskServer server, Lifecycle lifecycle) {
        this.server = server;
        this.lifecycle = lifecycle;
    }

    @Override
    public void start() {
        for (int i = 0; i < AT_FIRST; i++) {
            create();
        }
        creation = Flux.interval(NOW_AND_THEN)
                .onBackpressureDrop()
                .take(AT_MOST)
                .subscribe(tick -> create(), failure -> log.warn("No more demo tasks", failure));
    }

    @Override
    public void stop() {
        creation.dispose();
    }

    @Override
    public boolean isRunning() {
        return !creation.isDisposed();
    }

    private void create() {
        NewTask task = NewTask.defaults()
                .withPrompt(any(PROMPTS))
                .withRepository("https://github.com/" + any(REPOSITORIES), "main")
                .withAgent(any(AGENTS), "default");
        server.createTask(TaskServerOptions.DEFAULT_USER, task, lifecycle);
    }

    private synchronized String any(List<String> choice) {
        return choice.get(random.nextInt(choice.size()));
    }
}
