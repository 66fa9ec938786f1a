package dev.taskstop.room;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskException;
import dev.taskstop.TaskSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The active tasks that pass one filter, read again and again while somebody looks at them. */
final class ActiveList {

    /** How long a list may take to be read before the page says how old the one is that it shows. */
    private static final Duration TOLERATED_DELAY = Duration.ofSeconds(4);

    private final TaskClient client;
    private final Filter filter;
    private final RoomProperties properties;
    private final AtomicLong lastReadAt = new AtomicLong();
    private volatile TaskRows last = TaskRows.NONE;

    ActiveList(TaskClient client, Filter filter, RoomProperties properties) {
        this.client = client;
        this.filter = filter;
        this.properties = properties;
    }

    /** A cold {@link Flux} of the list as it is read; one subscriber at a time. */
    Flux<TaskRows> reads() {
        return Mono.defer(this::read)
                .repeatWhen(reads -> reads.delayElements(properties.refresh()))
                .scan(TaskRows.NONE, TaskRows::then)
                .skip(1)
                .doOnNext(tasks -> last = tasks)
                .doOnSubscribe(subscription -> lastReadAt.set(Batches.now()));
    }

    /** As it was read last. */
    TaskRows last() {
        return last;
    }

    /** How old it is, when it is older than it should be. */
    Optional<Duration> delay() {
        Duration age = Duration.ofMillis(Batches.now() - lastReadAt.get());
        return Optional.of(age).filter(it -> it.compareTo(properties.refresh().plus(TOLERATED_DELAY)) > 0);
    }

    private Mono<TaskRows> read() {
        long now = Batches.now();
        return filter.list(client)
                .take(properties.maxTasks() + 1L)
                .collectList()
                .map(tasks -> rows(tasks, now))
                .doOnNext(tasks -> lastReadAt.set(now))
                .onErrorResume(
                        TaskException.class,
                        failure -> problem(
                                "The list of tasks cannot be read: " + failure.getMessage() + ". It is tried again.",
                                now))
                .onErrorResume(
                        UnsupportedOperationException.class,
                        refused -> problem("Nothing is selected: " + refused.getMessage() + ".", now));
    }

    private TaskRows rows(List<TaskSummary> tasks, long readAt) {
        int max = properties.maxTasks();
        Instant now = Instant.now();
        Map<String, TaskRow> rows = new LinkedHashMap<>();
        tasks.stream().limit(max).forEach(task -> rows.putIfAbsent(task.taskId(), TaskRow.of(task, now)));
        return new TaskRows(List.copyOf(rows.values()), tasks.size() > max, "", readAt);
    }

    private static Mono<TaskRows> problem(String sentence, long readAt) {
        return Mono.just(new TaskRows(List.of(), false, sentence, readAt));
    }
}
