package dev.taskstop;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks are registered, and by whom. Each registration has an identity: who ends late, after a shutdown has
 * stopped its task and others have registered the same one anew, takes back its own and not theirs.
 */
final class RegisteredTasks {

    private final Map<String, Task> tasks = new ConcurrentHashMap<>();

    Registration add(String taskId, boolean byHand) {
        Registration added = new Registration(byHand);
        tasks.merge(taskId, new Task(List.of(added), 0), (known, more) -> known.with(added));
        return added;
    }

    /** Takes a registration back; one that was forgotten is gone already. */
    void remove(String taskId, Registration registration) {
        tasks.computeIfPresent(
                taskId, (id, task) -> task.without(List.of(registration)).orNothing());
    }

    /**
     * Takes back one, of those that were made by hand if there are any. These cannot be told apart, so whoever registered
     * first is taken to be who deregisters first, even when a shutdown has come in between.
     */
    void removeByHand(String taskId) {
        tasks.computeIfPresent(taskId, (id, task) -> task.withoutOneByHand().orNothing());
    }

    /** Takes back those whose task has been stopped. Their owners do not know that, and may yet do so themselves. */
    void forget(String taskId, Collection<Registration> registrations) {
        tasks.computeIfPresent(
                taskId, (id, task) -> task.forgetting(registrations).orNothing());
    }

    /** Returns a copy: the tasks that are registered, each with its registrations. */
    Map<String, List<Registration>> all() {
        return tasks.entrySet().stream()
                .filter(task -> !task.getValue().registrations.isEmpty())
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, task -> task.getValue().registrations));
    }

    /** One of perhaps several of a task; known by its identity. */
    static final class Registration {

        private final boolean byHand;

        private Registration(boolean byHand) {
            this.byHand = byHand;
        }
    }

    /**
     * A task at one moment.
     *
     * @param forgotten how many that were made by hand are gone although nobody has deregistered them
     */
    private record Task(List<Registration> registrations, int forgotten) {

        Task with(Registration added) {
            return new Task(
                    Stream.concat(registrations.stream(), Stream.of(added)).toList(), forgotten);
        }

        Task without(Collection<Registration> removed) {
            return new Task(
                    registrations.stream().filter(one -> !removed.contains(one)).toList(), forgotten);
        }

        Task withoutOneByHand() {
            if (forgotten > 0) {
                return new Task(registrations, forgotten - 1);
            }
            Registration first =
                    registrations.stream().filter(one -> one.byHand).findFirst().orElse(registrations.get(0));
            return without(List.of(first));
        }

        Task forgetting(Collection<Registration> stopped) {
            long byHand = registrations.stream()
                    .filter(one -> one.byHand && stopped.contains(one))
                    .count();
            return new Task(without(stopped).registrations, forgotten + (int) byHand);
        }

        @Nullable
        Task orNothing() {
            return registrations.isEmpty() && forgotten == 0 ? null : this;
        }
    }
}
