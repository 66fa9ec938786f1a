package dev.taskstop.cli;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskResponseException;
import dev.taskstop.TaskStatus;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** {@code taskstop status}: says how tasks are doing. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Taskstop.Version.class,
        synopsisHeading = "%nUsage: ",
        sortOptions = false,
        header = "Says how tasks are doing, a line each, in the order of their ids.",
        customSynopsis = {"taskstop status [OPTIONS] ID...", "       taskstop status [OPTIONS] - | --file=FILE", ""},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:each task has a state, whatever it is",
            "1:a task is not there or could not be asked for",
            "3:the key was refused, or its account has to be paid for"
        })
final class StatusCommand implements Callable<Integer> {

    /** No more than a list that people read needs; a bulk of them is a list. */
    private static final int CONCURRENCY = 16;

    @Mixin
    private IdOptions ids = new IdOptions();

    @Option(names = "--json", description = "One JSON object a line instead of text.")
    private boolean json;

    @ArgGroup(validate = false, heading = "%nConnection:%n")
    private ClientOptions connection = new ClientOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private long answers;
    private int exitCode = Exit.OK;

    /** An answer about one id: one of the two. */
    private record Answer(
            String taskId,
            @Nullable TaskStatus status,
            @Nullable TaskException failure) {

        boolean isNotFound() {
            return failure instanceof TaskResponseException answer
                    && answer.reason() == TaskResponseException.Reason.NOT_FOUND;
        }

        boolean isAboutKey() {
            return failure != null && Taskstop.exitCodeOf(failure) == Exit.KEY_REFUSED;
        }
    }

    @Override
    public Integer call() throws IOException {
        ids.checkGiven(spec.commandLine());
        TaskClient client = connection.build(spec.commandLine());
        Flux<Answer> all = ids.open()
                .rest()
                .subscribeOn(Schedulers.boundedElastic())
                .flatMapSequential(id -> ask(client, id), CONCURRENCY, 1)
                .takeUntil(Answer::isAboutKey);
        try (Screen screen = new Screen()) {
            screen.each(all, answer -> take(answer, screen));
            if (answers == 0 && !ids.isMissingAllowed()) {
                screen.alarm("There is no id in %s, so nothing was asked", ids.origin());
                return Exit.FAILED;
            }
        }
        return exitCode;
    }

    private static Mono<Answer> ask(TaskClient client, String id) {
        return client.status(id)
                .map(status -> new Answer(id, status, null))
                .onErrorResume(TaskException.class, failure -> Mono.just(new Answer(id, null, failure)));
    }

    private void take(Answer answer, Screen screen) {
        answers++;
        screen.result(json ? object(answer) : text(answer));
        TaskException failure = answer.failure();
        if (failure != null && !(answer.isNotFound() && ids.isMissingAllowed())) {
            if (exitCode == Exit.OK) {
                screen.alarm("taskstop: %s", Taskstop.messageOf(failure));
            }
            exitCode = Math.max(exitCode, Taskstop.exitCodeOf(failure));
        }
    }

    private static String text(Answer answer) {
        String id = Printable.line(answer.taskId()) + " ";
        TaskStatus status = answer.status();
        if (status == null) {
            return id + (answer.isNotFound() ? "not-found" : "failed");
        }
        return id
                + Printable.line(status.state())
                + (status.progress() == null || status.done() ? "" : " " + status.progress() + " %")
                + (status.error() == null ? "" : ": " + Printable.line(status.error()));
    }

    private static String object(Answer answer) {
        Json json = Json.with("taskId", answer.taskId());
        TaskStatus status = answer.status();
        if (status == null) {
            return json.and("outcome", answer.isNotFound() ? "not-found" : "failed")
                    .and(
                            "error",
                            answer.failure() == null ? null : answer.failure().getMessage())
                    .line();
        }
        return json.and("state", status.state())
                .and("done", status.done())
                .and("progress", status.progress())
                .and("error", status.error())
                .and("createdAt", status.createdAt())
                .and("startedAt", status.startedAt())
                .and("updatedAt", status.updatedAt())
                .and("completedAt", status.completedAt())
                .and(
                        "seconds",
                        status.duration() == null ? null : status.duration().toSeconds())
                .line();
    }
}
