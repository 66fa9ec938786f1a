package dev.taskstop.cli;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskRequestException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One bulk stop, from its first result to its exit code. */
final class StopRun {

    /** How long an interrupted run waits for the answers to what it has sent. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    /** The last answers come a moment after the last exchange has ended. */
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final TaskClient client;
    private final Screen screen;
    private final Interrupt interrupt;
    private final Function<StopResult, String> form;
    private final boolean showsAll;
    private final @Nullable Checkpoint checkpoint;
    private @Nullable Throwable failure;
    private boolean keyRefused;
    private long unfinished;

    /**
     * Prepares it.
     *
     * @param showsAll whether every result is printed, or only those that somebody should look at
     */
    StopRun(
            TaskClient client,
            Screen screen,
            Interrupt interrupt,
            Function<StopResult, String> form,
            boolean showsAll,
            @Nullable Checkpoint checkpoint) {
        this.client = client;
        this.screen = screen;
        this.interrupt = interrupt;
        this.form = form;
        this.showsAll = showsAll;
        this.checkpoint = checkpoint;
    }

    /** Takes the results one by one, on this thread, which may wait for whoever reads the output. */
    StopSummary run(Flux<StopResult> results) {
        Flux<StopResult> untilEnd = results.takeUntilOther(interrupt.wanted().then(answered()))
                .onErrorResume(error -> {
                    failure = error;
                    return Flux.empty();
                });
        try (Stream<StopResult> each = untilEnd.toStream(1)) {
            return each.map(this::honest).peek(this::take).collect(StopSummary.collector());
        }
    }

    int exitCode() {
        if (interrupt.isWanted()) {
            return interrupt.exitCode();
        }
        if (keyRefused) {
            return Exit.KEY_REFUSED;
        }
        if (failure != null) {
            return Taskstop.exitCodeOf(failure);
        }
        return unfinished == 0 ? Exit.OK : Exit.FAILED;
    }

    boolean isKeyRefused() {
        return keyRefused;
    }

    /** What ended the run before its time, other than an interrupt; null when nothing did. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** A closed client sends nothing more, and waits for the answers to what it has sent. */
    private Mono<Void> answered() {
        return client.closeAsync().then(Mono.delay(MOMENT)).then().timeout(GRACE, Mono.empty());
    }

    /** What was not sent since the client was closed has not failed. */
    private StopResult honest(StopResult result) {
        return interrupt.isWanted()
                        && result instanceof Failed failed
                        && failed.error() instanceof TaskRequestException
                        && !failed.error().isOutcomeUnknown()
                ? new Skipped(failed.taskId(), Skipped.Reason.ABORTED)
                : result;
    }

    private void take(StopResult result) {
        boolean isOpen = result instanceof Failed
                || (result instanceof Skipped skipped && skipped.reason() != Skipped.Reason.DRY_RUN);
        unfinished += isOpen ? 1 : 0;
        keyRefused |= result instanceof Failed failed && Taskstop.exitCodeOf(failed.error()) == Exit.KEY_REFUSED;
        if (showsAll || isOpen || result instanceof StopResult.NotFound) {
            screen.result(form.apply(result));
            if (screen.isBroken()) {
                interrupt.end(Exit.BROKEN_PIPE);
            }
        }
        screen.step();
        remember(result);
    }

    private void remember(StopResult result) {
        if (checkpoint != null) {
            try {
                checkpoint.add(result);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
