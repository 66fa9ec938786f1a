package dev.taskstop.cli;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Failed;
import dev.taskstop.StopResult.NotFound;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.StopSummary;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskResponseException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One bulk stop, from its first result to its exit code. */
final class StopRun {

    /**
     * How long an interrupted run waits for the next answer to what it has sent. As long as answers come it waits on: how
     * fast they come depends on server and machine, and each of them is worth more than the time.
     */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private final TaskClient client;
    private final Answers answers;
    private final Screen screen;
    private final Interrupt interrupt;
    private final Function<StopResult, String> form;
    private final boolean showsAll;
    private final boolean missingAllowed;
    private final @Nullable Checkpoint checkpoint;
    private @Nullable Throwable failure;
    private @Nullable String wrapped;
    private @Nullable TaskResponseException refusal;
    private boolean foundAny;
    private long unfinished;
    private long notSent;
    private volatile boolean sendsNothingMore;
    private volatile boolean inputLeft;

    /**
     * Prepares it.
     *
     * @param showsAll whether every result is printed, or only those that somebody should look at
     * @param missingAllowed whether it is no failure when no task is found
     */
    StopRun(
            TaskClient client,
            Answers answers,
            Screen screen,
            Interrupt interrupt,
            Function<StopResult, String> form,
            boolean showsAll,
            boolean missingAllowed,
            @Nullable Checkpoint checkpoint) {
        this.client = client;
        this.answers = answers;
        this.screen = screen;
        this.interrupt = interrupt;
        this.form = form;
        this.showsAll = showsAll;
        this.missingAllowed = missingAllowed;
        this.checkpoint = checkpoint;
        this.foundAny = checkpoint != null && checkpoint.finished() > 0;
    }

    /** Takes the results one by one, on this thread, which may wait for whoever reads the output. */
    StopSummary run(Flux<StopResult> results, StopAllOptions options) {
        return run(each(results), options);
    }

    /** The same for results that come from several places. */
    StopSummary run(Stream<StopResult> results, StopAllOptions options) {
        try (Stream<StopResult> each = results) {
            return each.map(this::honest).peek(this::take).collect(StopSummary.collector(options));
        }
    }

    /** The results until the end of this run; whoever takes one asks for the next. */
    Stream<StopResult> each(Flux<StopResult> results) {
        return results.takeUntilOther(interrupt.wanted().then(noMoreAnswers()))
                .onErrorResume(error -> !(error instanceof UnsupportedOperationException), error -> {
                    // A closed client lists no more tasks, which is what was wanted.
                    failure = interrupt.isWanted() ? failure : error;
                    return Flux.<StopResult>empty();
                })
                .toStream(1);
    }

    /** Whether nothing more can be stopped. */
    boolean isOver() {
        return interrupt.isWanted() || refusal != null || failure != null;
    }

    int exitCode() {
        if (interrupt.isWanted()) {
            return interrupt.exitCode();
        }
        if (refusal != null) {
            return Exit.KEY_REFUSED;
        }
        if (failure != null) {
            return Taskstop.exitCodeOf(failure);
        }
        return unfinished > 0 || inputLeft || isMissing() ? Exit.FAILED : Exit.OK;
    }

    /** Whether no task was found, or what was taken for an id is none: then the tasks that were meant run on. */
    boolean isMissing() {
        return !missingAllowed && (!foundAny || wrapped != null);
    }

    /** Whether an id after which nothing is sent has had its result. Asked by other threads. */
    boolean sendsNothingMore() {
        return sendsNothingMore;
    }

    /** The input had not ended when nothing more was sent. */
    void leaveInput() {
        inputLeft = true;
    }

    /** Whether there may be ids that nobody has read. */
    boolean isInputLeft() {
        return inputLeft;
    }

    /** Whether a task was found, in this run or in one that it resumes. */
    boolean hasFoundAny() {
        return foundAny;
    }

    /** The first id that was not found and has something around it; null when there is none. */
    @Nullable
    String wrapped() {
        return wrapped;
    }

    /** The answer that refused the key, or that wants to be paid; null when there was none. */
    @Nullable
    TaskResponseException refusal() {
        return refusal;
    }

    /** Whether it was ended before its time, by a signal or because its results cannot be written. */
    boolean isInterrupted() {
        return interrupt.isWanted();
    }

    /** For how many ids that were read nothing was sent because of the interrupt. */
    long notSent() {
        return notSent;
    }

    /** What ended the run before its time, other than a signal; null when nothing did. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** A closed client sends nothing more; each stop that was begun gets its result all the same, and the run ends. */
    private Mono<Void> noMoreAnswers() {
        return Mono.defer(() -> {
            client.closeAsync().subscribe();
            return answers.silence(GRACE);
        });
    }

    /** What was not sent since the client was closed has not failed. */
    private StopResult honest(StopResult result) {
        return interrupt.isWanted() && result instanceof Failed failed && failed.attempts() == 0
                ? new Skipped(failed.taskId(), Skipped.Reason.ABORTED)
                : result;
    }

    private void take(StopResult result) {
        boolean isOpen = result instanceof Failed
                || (result instanceof Skipped skipped && skipped.reason() != Skipped.Reason.DRY_RUN);
        unfinished += isOpen ? 1 : 0;
        if (isOpen && result instanceof Skipped) {
            sendsNothingMore = true;
        }
        if (result instanceof Failed failed
                && failed.error() instanceof TaskResponseException answer
                && answer.isAboutKey()) {
            refusal = answer;
            sendsNothingMore = true;
        }
        notSent += result instanceof Skipped && interrupt.isWanted() ? 1 : 0;
        if (result instanceof NotFound) {
            wrapped = wrapped == null && IdReader.looksWrapped(result.taskId()) ? result.taskId() : wrapped;
        } else {
            foundAny = true;
        }
        if (showsAll || isOpen || result instanceof NotFound) {
            screen.result(form.apply(result));
            if (screen.isBroken()) {
                interrupt.end(Output.standard().hasNoReader() ? Exit.BROKEN_PIPE : Exit.FAILED);
            }
        }
        screen.step();
        remember(result);
    }

    /** What cannot be remembered would be lost for the next run, so nothing more is sent; what was sent is told. */
    private void remember(StopResult result) {
        if (checkpoint == null || failure != null) {
            return;
        }
        try {
            checkpoint.add(result);
        } catch (IOException e) {
            String message = "the checkpoint could not be written, so nothing more was sent: " + Taskstop.messageOf(e);
            failure = new IOException(message, e);
            interrupt.end(Exit.FAILED);
        }
    }
}
