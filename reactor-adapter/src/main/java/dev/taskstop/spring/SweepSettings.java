package dev.taskstop.spring;

import dev.taskstop.StopAllOptions;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.spring.TaskstopProperties.Sweep;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the properties of one sweep come to. Whether a value will do is known to core; here its message gets the property's
 * name.
 *
 * @param query which tasks
 * @param every from one round to the next
 * @param options how they are stopped
 */
record SweepSettings(TaskQuery query, Duration every, StopAllOptions options) {

    /** Less is mostly a number without its unit, which counts milliseconds; here that would stop nearly everything. */
    private static final Duration SHORTEST = Duration.ofMillis(100);

    /** How core calls the conditions that not every API knows. */
    private static final Map<String, String> CONDITIONS = Map.of(
            "withRepository", "repository",
            "withBranch", "branch",
            "withAgent", "agent",
            "withModel", "model",
            "withBatch", "batch",
            "withCreator", "creator",
            "withPrompt", "prompt",
            "withChatId", "chat");

    static SweepSettings of(int index, Sweep sweep) {
        Duration every = sweep.every();
        if (every == null) {
            throw new InvalidSettingException(name(index, "every"), "it is needed: how often, for example 5m");
        }
        requireNotShort(index, "every", every);
        requireNotShort(index, "older-than", sweep.olderThan());
        TaskQuery all = TaskQuery.active();
        TaskQuery query = with(all, index, "older-than", sweep.olderThan(), TaskQuery::olderThan);
        query = with(query, index, "repository", sweep.repository(), TaskQuery::withRepository);
        query = with(query, index, "branch", sweep.branch(), TaskQuery::withBranch);
        query = with(query, index, "agent", sweep.agent(), TaskQuery::withAgent);
        query = with(query, index, "model", sweep.model(), TaskQuery::withModel);
        query = with(query, index, "batch", sweep.batch(), TaskQuery::withBatch);
        query = with(query, index, "creator", sweep.creator(), TaskQuery::withCreator);
        query = with(query, index, "prompt", sweep.prompt(), TaskQuery::withPrompt);
        query = with(query, index, "chat", sweep.chat(), TaskQuery::withChatId);
        if (sweep.superseded()) {
            query = query.superseded(SweepSettings::group);
        }
        if (query == all) {
            throw new InvalidSettingException(
                    "sweeps[" + index + "]",
                    "it has no condition, so it would stop every active task: set older-than, repository or another"
                            + " one");
        }
        StopAllOptions options = StopAllOptions.defaults().withDryRun(sweep.dryRun());
        options = with(options, index, "max", sweep.max(), StopAllOptions::withMax);
        options = with(options, index, "deadline", sweep.deadline(), StopAllOptions::withDeadline);
        options = with(options, index, "reason", sweep.reason(), StopAllOptions::withReason);
        return new SweepSettings(query, every, options);
    }

    private static @Nullable Object group(TaskSummary task) {
        if (task.chatId() != null) {
            return task.chatId();
        }
        return task.repoUrl() == null || task.branch() == null ? null : List.of(task.repoUrl(), task.branch());
    }

    private static void requireNotShort(int index, String property, @Nullable Duration duration) {
        if (duration != null && duration.compareTo(SHORTEST) < 0) {
            throw new InvalidSettingException(
                    name(index, property),
                    "it takes a duration of 100ms or longer, not " + duration
                            + ". Is a unit missing? A number alone is one of milliseconds; 6h is six hours");
        }
    }

    private static <S, T> S with(
            S settings, int index, String property, @Nullable T value, BiFunction<S, T, S> change) {
        return value == null
                ? settings
                : PropertiesCustomizer.checked(name(index, property), () -> change.apply(settings, value));
    }

    private static String name(int index, String property) {
        return "sweeps[" + index + "]." + property;
    }

    /** What the lists of the API in use never tell, by the name of its property. */
    static InvalidSettingException neverTold(int index, UnsupportedOperationException failure) {
        String message = String.valueOf(failure.getMessage());
        return CONDITIONS.entrySet().stream()
                .filter(condition -> message.contains(condition.getKey()))
                .findFirst()
                .map(condition -> new InvalidSettingException(
                        name(index, condition.getValue()), message.replace(condition.getKey(), condition.getValue())))
                .orElseGet(() -> new InvalidSettingException("sweeps[" + index + "]", message));
    }
}
