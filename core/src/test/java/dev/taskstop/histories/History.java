package dev.taskstop.histories;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopListener;
import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.histories.Oracle.Finding;
import dev.taskstop.histories.Oracle.Given;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One history: a batch of stops in a world, from the subscription until nothing can happen any more. */
final class History {

    /** An hour: whatever goes on then goes on for ever. */
    private static final long FOR_EVER = 3_600_000;

    private static final long AFTERWARDS = 20_000;

    private final World world;
    private final Choices choices;
    private final List<Given> given = new ArrayList<>();
    private boolean completed;
    private @Nullable Throwable error;
    private int keysAsked;
    private long endedAt = Long.MAX_VALUE;

    final Oracle oracle;
    final List<Finding> findings;

    History(boolean v1, Choices choices) {
        this.choices = choices;
        this.world = new World(new Settings(v1, choices));
        this.oracle = new Oracle(world, given);
        run();
        this.findings = oracle.judge(completed, error, endedAt);
    }

    /** The story, the results, and what is wrong with them. */
    String text(String kind) {
        StringBuilder text = new StringBuilder();
        int number = 0;
        for (String step : steps()) {
            text.append("    ").append(++number).append(". ").append(step).append('\n');
        }
        for (Given one : given) {
            text.append("    -> ").append(one.result()).append(one.unknown() ? ", unknown" : "");
            text.append(", after ").append(one.atMillis()).append(" ms\n");
        }
        findings.stream()
                .filter(finding -> finding.kind().equals(kind))
                .forEach(
                        finding -> text.append("    !! ").append(finding.text()).append('\n'));
        return text.toString();
    }

    List<String> steps() {
        return choices.steps();
    }

    @SuppressWarnings("CatchingUnchecked") // what user code throws must not come out; that it does is a finding
    private void run() {
        Subscriber subscriber = new Subscriber();
        world.cancel = subscriber::cancel;
        try {
            client().stopAll(ids(), options()).subscribe(subscriber);
            while (!completed && error == null && !world.isCancelled && world.clocks.runNext(FOR_EVER)) {
                // time passes
            }
            endedAt = world.clocks.millis();
            while (world.clocks.runNext(endedAt + AFTERWARDS)) {
                // what was late arrives, and what is sent after the end is seen
            }
        } catch (Throwable e) {
            error = e;
        }
    }

    private Flux<String> ids() {
        return Flux.fromIterable(world.settings.ids())
                .doOnNext(id -> world.task(id).ledger.takenAt = world.clocks.millis());
    }

    private TaskClient client() {
        Settings settings = world.settings;
        TaskClientBuilder builder = TaskClient.builder()
                .dialect(settings.dialect())
                .transport(new Network(world, choices))
                .scheduler(world.clocks)
                .retry(settings.trying.retry())
                .pollInterval(Duration.ofSeconds(1));
        if (settings.trying == Settings.Trying.SLOW_GATE) {
            builder.requestsPerMinute(2);
        }
        if (settings.key == Settings.Key.CONSTANT) {
            builder.apiKey("bb_test");
        } else {
            builder.apiKey(this::key);
        }
        switch (settings.userCode) {
            case LISTENER_THROWS -> builder.stopListener(listener(new IllegalStateException("a defect of the caller")));
            case LISTENER_THROWS_CHECKED -> builder.stopListener(listener(new IOException("a defect of the caller")));
            case LISTENER_THROWS_ERROR -> builder.stopListener(listener(new LinkageError("a defect of the caller")));
            default -> {}
        }
        return builder.build();
    }

    private Mono<String> key() {
        Mono<String> failure =
                Mono.delay(Duration.ofMillis(2), world.clocks).then(Mono.error(() -> new IOException("no key")));
        return switch (world.settings.key) {
            case CONSTANT -> Mono.just("bb_test");
            case FAILS_ONCE -> keysAsked++ == 0 ? failure : Mono.just("bb_test");
            case FAILS -> failure;
            case SLOW -> Mono.delay(Duration.ofMillis(50), world.clocks).thenReturn("bb_test");
            case NEVER -> Mono.never();
        };
    }

    private StopAllOptions options() {
        StopAllOptions options = world.settings.options();
        return switch (world.settings.userCode) {
            case ABORTS ->
                options.withAbortWhen(failure -> {
                    world.userAborted = true;
                    return true;
                });
            case ABORT_THROWS -> options.withAbortWhen(failure -> thrown(new IllegalStateException("of the caller")));
            case ABORT_THROWS_ERROR -> options.withAbortWhen(failure -> thrown(new LinkageError("of the caller")));
            default -> options;
        };
    }

    private static boolean thrown(Throwable defect) {
        throw History.<RuntimeException>sneaky(defect);
    }

    private static StopListener listener(Throwable defect) {
        return new StopListener() {
            @Override
            public void onResult(StopResult result) {
                thrown(defect);
            }
        };
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T sneaky(Throwable defect) throws T {
        throw (T) defect;
    }

    private final class Subscriber extends BaseSubscriber<StopResult> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            requestUnbounded();
        }

        @Override
        protected void hookOnNext(StopResult result) {
            World.Task task = world.task(result.taskId());
            given.add(Given.of(result, world.clocks.millis(), !task.exists || task.state.isEnded()));
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }

        @Override
        protected void hookOnError(Throwable failure) {
            error = failure;
        }
    }
}
