package dev.taskstop.room;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.room.Failures.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The batches of everybody who is logged in. A batch runs on the server, whoever watches; of its results only counts
 * and the newest failures are kept.
 */
@Service
class Batches {

    /** How long the answers to what is in flight are waited for when a batch is cancelled. */
    static final Duration CANCEL_GRACE = Duration.ofSeconds(5);

    private static final int REMEMBERED = 6;

    private final TaskClient client;
    private final Deque<Batch> batches = new ArrayDeque<>();
    private final Failures failures = new Failures();
    private final Rates rates = new Rates(Batches::now);
    private int lastNumber;
    private boolean closed;

    Batches(TaskClient client) {
        this.client = client;
    }

    void stop(List<String> taskIds, String startedBy) {
        String what = taskIds.size() == 1 ? "Task " + taskIds.get(0) : "%,d selected tasks".formatted(taskIds.size());
        run(begin(what, startedBy, taskIds.size()), Mono.just(taskIds));
    }

    /** Reads the list first, so that the total is exact, and a batch that is cancelled ends with what is in flight. */
    void stopAllActive(String startedBy) {
        Mono<List<String>> taskIds = client.list(TaskQuery.active())
                .map(TaskSummary::taskId)
                .distinct()
                .collectList();
        run(begin("All active tasks", startedBy, 0), taskIds);
    }

    void cancel(int number) {
        find(number).ifPresent(Batch::cancel);
    }

    /** The newest first. */
    synchronized List<Batch.State> states() {
        return batches.stream().map(Batch::state).toList();
    }

    List<Failure> failures() {
        return failures.list();
    }

    List<Long> stopsPerSecond() {
        return rates.lastMinute();
    }

    /** Sends nothing more, and completes when the batches have ended, after their grace at the latest. */
    Mono<Void> close() {
        return Mono.defer(() -> Mono.when(cancelAll().stream().map(Batch::ended).toList()));
    }

    private void run(Batch batch, Mono<List<String>> taskIds) {
        taskIds.doOnNext(ids -> batch.total(ids.size()))
                .flatMapIterable(ids -> ids)
                .takeUntilOther(batch.cancelled())
                .transform(client::stopAll)
                .takeUntilOther(batch.cancelled().then(Mono.delay(CANCEL_GRACE)))
                .subscribe(
                        result -> add(batch, result),
                        failure -> batch.fail(String.valueOf(failure.getMessage())),
                        batch::complete);
    }

    private void add(Batch batch, StopResult result) {
        batch.add(result);
        failures.hear(result);
        if (result instanceof StopResult.Stopped) {
            rates.count();
        }
    }

    private synchronized Batch begin(String what, String startedBy, long total) {
        if (closed) {
            throw new IllegalStateException("The application is ending");
        }
        Batch batch = new Batch(++lastNumber, what, startedBy, total, Batches::now);
        batches.addFirst(batch);
        forgetOldest();
        return batch;
    }

    /** Forgets the oldest that is over; what runs is always shown. */
    private void forgetOldest() {
        Iterator<Batch> oldestFirst = batches.descendingIterator();
        while (batches.size() > REMEMBERED && oldestFirst.hasNext()) {
            if (oldestFirst.next().state().over()) {
                oldestFirst.remove();
            }
        }
    }

    private synchronized Optional<Batch> find(int number) {
        return batches.stream().filter(batch -> batch.number() == number).findFirst();
    }

    private synchronized List<Batch> cancelAll() {
        closed = true;
        batches.forEach(Batch::cancel);
        return List.copyOf(batches);
    }

    /** Reactor's clock, which a test can turn, and which does not jump with that of the wall. */
    private static long now() {
        return NANOSECONDS.toMillis(Schedulers.parallel().now(NANOSECONDS));
    }
}
