package dev.taskstop.room;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskDetails;
import dev.taskstop.TaskException;
import dev.taskstop.TaskLogEvent;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What there is to know about one task: what the server tells of it, and the end of its log. */
@Component
class TaskPages {

    private static final int LINES = 500;
    private static final int LONGEST_LINE = 2_000;
    private static final Duration FACTS = Duration.ofSeconds(10);
    private static final Duration LOG = Duration.ofSeconds(5);
    private static final Duration FIRST_LINE = Duration.ofSeconds(3);
    private static final Duration NEXT_LINE = Duration.ofMillis(400);

    private final TaskClient client;
    private final Room room;

    TaskPages(TaskClient client, Room room) {
        this.client = client;
        this.room = room;
    }

    /** The attributes of the page; what cannot be read is told in its place. */
    Mono<Map<String, Object>> of(String taskId) {
        return Mono.zip(facts(taskId), log(taskId), (facts, log) -> {
            Map<String, Object> page = new LinkedHashMap<>();
            page.put("task", room.find(taskId));
            page.put("facts", facts);
            page.put("log", log);
            return page;
        });
    }

    private Mono<Map<String, String>> facts(String taskId) {
        return client.details(taskId)
                .map(TaskPages::tell)
                .onErrorResume(TaskException.class, problem -> Mono.just(notKnown(sentence(problem))))
                .timeout(FACTS, Mono.just(notKnown("The server has not answered yet. Load this page again.")));
    }

    private static Map<String, String> notKnown(String why) {
        return Map.of("Not known", why);
    }

    private static Map<String, String> tell(TaskDetails task) {
        Map<String, String> facts = new LinkedHashMap<>();
        put(facts, "State", task.state().raw());
        put(facts, "Progress", task.progress() == null ? null : task.progress() + " %");
        put(facts, "Runs for", task.runTime() == null ? null : Text.duration(task.runTime()));
        put(facts, "Repository", task.repoUrl());
        put(facts, "Branch", task.branch());
        put(facts, "Writes to", task.workBranch());
        put(facts, "Agent", task.agent());
        put(facts, "Model", task.model());
        put(
                facts,
                "Sandboxes",
                task.sandboxes().isEmpty() ? null : Text.number(task.sandboxes().size()));
        put(facts, "Sandbox is kept", task.keepAlive() == null ? null : task.keepAlive() ? "yes" : "no");
        put(facts, "Pull request", task.pullRequest());
        put(facts, "Created", task.createdAt());
        put(facts, "Ended", task.completedAt());
        put(facts, "Error", task.error());
        return facts;
    }

    private static void put(Map<String, String> facts, String name, @Nullable Object value) {
        if (value != null) {
            facts.put(name, Text.plain(value.toString()));
        }
    }

    /** The log of a task that runs has no end: it is read until nothing has come for a moment, or for long enough. */
    private Mono<List<String>> log(String taskId) {
        return client.logs(taskId)
                .timeout(Mono.delay(FIRST_LINE), line -> Mono.delay(NEXT_LINE), Flux.empty())
                .take(LOG)
                .ofType(TaskLogEvent.Log.class)
                .map(TaskPages::line)
                .takeLast(LINES)
                .onErrorResume(TaskException.class, problem -> Flux.just("The log ends here: " + sentence(problem)))
                .collectList();
    }

    private static String line(TaskLogEvent.Log line) {
        String time = line.timestamp() == null ? "" : line.timestamp() + "  ";
        String level = line.level() == null ? "" : line.level() + "  ";
        String message = Objects.requireNonNullElse(line.message(), "");
        return Text.plain(Text.shorten(time + level + message, LONGEST_LINE));
    }

    private static String sentence(TaskException problem) {
        return FailureSentence.what(problem) + ".";
    }
}
