package dev.taskstop.room;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.taskstop.StopAllOptions;
import dev.taskstop.StopResult;
import dev.taskstop.TaskClient;
import dev.taskstop.room.Failures.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Service;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The batches of everybody who is logged in. A batch runs on the server, whoever watches; of its results only counts,
 * the newest failures and what has just ended are kept.
 */
@Service
class Batches {

    /** How long the answers to what is in flight are waited for when a batch is cancelled. */
    static final Duration CANCEL_GRACE = Duration.ofSeconds(5);

    private static final int REMEMBERED = 6;

    private final TaskClient client;
    private final Audit audit;
    private final Deque<Batch> batches = new ArrayDeque<>();
    private final Underway underway = new Underway();
    private final Failures failures = new Failures();
    private final Rates rates = new Rates(Batches::now);
    private int lastNumber;
    private boolean closed;

    Batches(TaskClient client, Audit audit) {
        this.client = client;
        this.audit = audit;
    }

    /** Begins to stop those that nobody else is stopping already; returns false when there are none left. */
    boolean stop(Order order, String startedBy) {
        Map<String, TaskRow> tasks = new LinkedHashMap<>();
        order.tasks().forEach(task -> tasks.put(task.id(), task));
        Order taken;
        Batch batch;
        synchronized (this) {
            requireOpen();
            tasks.keySet().retainAll(underway.claim(tasks.keySet()));
            if (tasks.isEmpty()) {
                return false;
            }
            taken = order.only(List.copyOf(tasks.values()));
            batch = new Batch(++lastNumber, taken.what(), startedBy, tasks.size(), Batches::now);
            batches.addFirst(batch);
            forgetOldest();
        }
        audit.began(batch.state(), taken);
        run(batch, taken, tasks);
        return true;
    }

    void cancel(int number, String by) {
        find(number).filter(Batch::cancel).ifPresent(batch -> audit.cancelled(batch.state(), by));
    }

    void dismiss(Collection<String> taskIds, String by) {
        long dismissed = failures.dismiss(taskIds);
        if (dismissed > 0) {
            audit.dismissed(dismissed, by);
        }
    }

    /** The newest first. */
    synchronized List<Batch.State> states() {
        return batches.stream().map(Batch::state).toList();
    }

    List<Failure> failures() {
        return failures.list();
    }

    long failuresDropped() {
        return failures.dropped();
    }

    Optional<TaskRow> findFailed(String taskId) {
        return failures.find(taskId);
    }

    List<Long> stopsPerSecond() {
        return rates.lastMinute();
    }

    /** Those that are not being stopped already. */
    List<TaskRow> free(List<TaskRow> tasks) {
        return underway.free(tasks);
    }

    /** What the batches have done to these tasks since they were read, and what they are about to do. */
    TaskRows update(TaskRows tasks) {
        return underway.update(tasks);
    }

    /** Sends nothing more, and completes when the batches have ended, after their grace at the latest. */
    Mono<Void> close() {
        return Mono.defer(() -> Mono.when(cancelAll().stream().map(Batch::ended).toList()));
    }

    /** Leaves room for the list, which would else wait until the last stop is sent; no more is sent than was agreed to. */
    private StopAllOptions options(Order order, int tasks) {
        StopAllOptions options = StopAllOptions.defaults()
                .withConcurrency(Math.max(1, client.gateState().ceiling() - 1))
                .withMax(tasks);
        return order.reason().isBlank() ? options : options.withReason(order.reason());
    }

    private void run(Batch batch, Order order, Map<String, TaskRow> tasks) {
        Set<String> open = ConcurrentHashMap.newKeySet();
        open.addAll(tasks.keySet());
        Flux.fromIterable(List.copyOf(tasks.keySet()))
                .takeUntilOther(batch.cancelled())
                .transform(ids -> client.stopAll(ids, options(order, tasks.size())))
                .takeUntilOther(batch.cancelled().then(Mono.delay(CANCEL_GRACE)))
                .subscribe(
                        result -> {
                            open.remove(result.taskId());
                            add(batch, tasks.getOrDefault(result.taskId(), TaskRow.unknown(result.taskId())), result);
                        },
                        failure -> end(batch, order, open, () -> batch.fail(String.valueOf(failure.getMessage()))),
                        () -> end(batch, order, open, batch::complete));
    }

    private void add(Batch batch, TaskRow task, StopResult result) {
        underway.hear(result);
        failures.hear(task, result);
        if (result instanceof StopResult.Stopped) {
            rates.count();
        }
        batch.add(result);
    }

    private void end(Batch batch, Order order, Set<String> withoutResult, Runnable end) {
        underway.release(withoutResult);
        end.run();
        audit.ended(batch.state(), order);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The application is ending");
        }
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

    /** Milliseconds on Reactor's clock, which a test can turn, and which does not jump with that of the wall. */
    static long now() {
        return NANOSECONDS.toMillis(Schedulers.parallel().now(NANOSECONDS));
    }
}
