package dev.taskstop.room;

import dev.taskstop.TaskClient;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * What somebody was asked whether to stop: the very tasks, so that what is stopped is what was agreed to, whatever
 * starts meanwhile.
 */
@Component
class Plans {

    private static final int REMEMBERED = 20;

    private final TaskClient client;
    private final Room room;
    private final Batches batches;
    private final RoomProperties properties;
    private final Map<String, Plan> plans = NewestMap.byPut(REMEMBERED);

    /**
     * The tasks that matched when they were asked for, without those that are being stopped already.
     *
     * @param id of this one and no other, of no earlier run of the application either: a page may outlive it
     */
    record Plan(String id, String user, Filter filter, List<TaskRow> tasks) {}

    Plans(TaskClient client, Room room, Batches batches, RoomProperties properties) {
        this.client = client;
        this.room = room;
        this.batches = batches;
        this.properties = properties;
    }

    /** Takes the tasks of the list that everybody looks at; where that is not the whole list, it is read. */
    Mono<Plan> make(Filter filter, String user) {
        if (!filter.problem().isEmpty()) {
            return Mono.error(new UnsupportedOperationException(filter.problem()));
        }
        return Mono.defer(() -> room.wholeList(filter).map(Mono::just).orElseGet(() -> read(filter)))
                .map(tasks -> keep(filter, user, tasks));
    }

    /** Takes a plan away; it is carried out once. */
    synchronized Optional<Plan> take(String id, String user) {
        Plan plan = plans.get(id);
        return plan == null || !plan.user().equals(user) ? Optional.empty() : Optional.ofNullable(plans.remove(id));
    }

    private synchronized Plan keep(Filter filter, String user, List<TaskRow> matching) {
        List<TaskRow> tasks = batches.free(matching);
        if (tasks.size() > properties.maxStop()) {
            throw new TooManyException("More than " + Text.tasks(properties.maxStop())
                    + " match, which is all that can be stopped from here at once (room.max-stop).");
        }
        Plan plan = new Plan(UUID.randomUUID().toString(), user, filter, tasks);
        forgetOldest(2L * properties.maxStop() - tasks.size());
        plans.put(plan.id(), plan);
        return plan;
    }

    /** Until those that are left have no more tasks than these; what nobody said no to would else stay. */
    private void forgetOldest(long most) {
        long kept =
                plans.values().stream().mapToLong(plan -> plan.tasks().size()).sum();
        for (Iterator<Plan> oldestFirst = plans.values().iterator(); kept > most; oldestFirst.remove()) {
            kept -= oldestFirst.next().tasks().size();
        }
    }

    private Mono<List<TaskRow>> read(Filter filter) {
        return filter.list(client)
                .map(task -> TaskRow.of(task, Instant.now()))
                .distinct(TaskRow::id)
                .take(properties.maxStop() + 1L)
                .collectList();
    }

    /** Says that there are more tasks than can be stopped at once. */
    static final class TooManyException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooManyException(String message) {
            super(message);
        }
    }
}
