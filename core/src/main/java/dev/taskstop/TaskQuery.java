package dev.taskstop;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which tasks are meant. Immutable: each method returns a new instance.
 *
 * <p>All conditions have to hold. A task of which the list does not tell what a condition is about does not match, and a
 * condition about something that the API's lists never tell is refused with {@link UnsupportedOperationException} when the
 * query is used. Servers pick out states and kinds; everything else is looked at here, so the list is read as a whole.
 */
public final class TaskQuery {

    /** Which states a list is to have. */
    public enum Status {
        /** Pending, processing and saving. */
        ACTIVE,
        /** Ended: did their work. */
        COMPLETED,
        /**
         * Ended: failed. Whether those that took too long are among them is not documented; in the Agent API v1 those are
         * that were interrupted.
         */
        FAILED,
        /** Ended: were stopped. */
        STOPPED
    }

    /** Which origin the tasks are to have. */
    public enum Kind {
        /** Tasks that were created alone. */
        TASKS,
        /** Tasks of a batch. */
        BATCH
    }

    private static final int MAX_PAGE_SIZE = 100;
    private static final TaskQuery ALL = new TaskQuery(null, null, MAX_PAGE_SIZE, Map.of(), List.of(), null);

    private final @Nullable Status status;
    private final @Nullable Kind kind;
    private final int pageSize;
    private final Map<ListSelector, Condition> conditions;
    private final List<Predicate<? super TaskSummary>> matching;
    private final @Nullable Function<? super TaskSummary, ? extends @Nullable Object> groupBy;

    /**
     * What a task has to be like.
     *
     * @param shown its value in the text form; personal data is not shown
     */
    private record Condition(String shown, BiPredicate<TaskSummary, Instant> test) {}

    private TaskQuery(
            @Nullable Status status,
            @Nullable Kind kind,
            int pageSize,
            Map<ListSelector, Condition> conditions,
            List<Predicate<? super TaskSummary>> matching,
            @Nullable Function<? super TaskSummary, ? extends @Nullable Object> groupBy) {
        this.status = status;
        this.kind = kind;
        this.pageSize = pageSize;
        this.conditions = conditions;
        this.matching = matching;
        this.groupBy = groupBy;
    }

    /**
     * Asks for every task of the key.
     *
     * @return a query for all
     */
    public static TaskQuery all() {
        return ALL;
    }

    /**
     * Asks for the tasks that still run or will run.
     *
     * @return a query for pending, processing and saving
     */
    public static TaskQuery active() {
        return ALL.withStatus(Status.ACTIVE);
    }

    /**
     * Sets which states the list is to have.
     *
     * @param status the states
     * @return a new instance
     */
    public TaskQuery withStatus(Status status) {
        return new TaskQuery(requireNonNull(status, "status"), kind, pageSize, conditions, matching, groupBy);
    }

    /**
     * Sets which origin the tasks are to have. The cloud API knows it; others refuse such a query.
     *
     * @param kind the origin
     * @return a new instance
     */
    public TaskQuery withKind(Kind kind) {
        return new TaskQuery(status, requireNonNull(kind, "kind"), pageSize, conditions, matching, groupBy);
    }

    /**
     * Sets which chat the tasks are to belong to: all of its runs, so that a chat comes to rest although a follow-up
     * makes a new run. The Agent API v1 has chats; others refuse such a query.
     *
     * @param chatId the chat's id
     * @return a new instance
     */
    public TaskQuery withChatId(String chatId) {
        requireText("chatId", "the id of a chat", chatId);
        return with(ListSelector.CHAT, chatId, (task, now) -> chatId.equals(task.chatId()));
    }

    /**
     * Sets which repository the tasks are to work on. The way that it is written in makes no difference: the scheme, the
     * short form of ssh, a user, a slash or {@code .git} at the end, upper and lower case. {@code owner/name} is that
     * repository of every host. The cloud API tells repositories; others refuse such a query.
     *
     * @param repository an address such as {@code https://github.com/owner/name.git}, or {@code owner/name}
     * @return a new instance
     */
    public TaskQuery withRepository(String repository) {
        RepositoryName name = RepositoryName.parse(repository);
        if (name == null) {
            // Not repeated: an address may hold a password.
            throw new IllegalArgumentException("repository takes an address such as https://github.com/owner/name,"
                    + " or owner/name; this is neither");
        }
        return with(ListSelector.REPOSITORY, name.toString(), (task, now) -> name.isAt(task.repoUrl()));
    }

    /**
     * Sets which branch the tasks are to have started from, to the letter. The cloud API tells branches; others refuse
     * such a query.
     *
     * @param branch the branch
     * @return a new instance
     */
    public TaskQuery withBranch(String branch) {
        requireText("branch", "the name of a branch", branch);
        return with(ListSelector.BRANCH, branch, (task, now) -> branch.equals(task.branch()));
    }

    /**
     * Sets which agent is to work on the tasks, to the letter. Of a task of several agents a list names one. The cloud
     * API tells agents; others refuse such a query.
     *
     * @param agent the agent, for example {@code claude}
     * @return a new instance
     */
    public TaskQuery withAgent(String agent) {
        requireText("agent", "the name of an agent", agent);
        return with(ListSelector.AGENT, agent, (task, now) -> agent.equals(task.agent()));
    }

    /**
     * Sets which model the tasks are to use, to the letter. Of a task of several agents a list names one.
     *
     * @param model the model, as a list shows it
     * @return a new instance
     */
    public TaskQuery withModel(String model) {
        requireText("model", "the name of a model", model);
        return with(ListSelector.MODEL, model, (task, now) -> model.equals(task.model()));
    }

    /**
     * Sets which batch the tasks are to belong to. The cloud API knows batches, and picks out the tasks that are in any;
     * others refuse such a query.
     *
     * @param batchId the batch's id
     * @return a new instance
     */
    public TaskQuery withBatch(String batchId) {
        requireText("batchId", "the id of a batch", batchId);
        return with(ListSelector.BATCH, batchId, (task, now) -> batchId.equals(task.batchId()));
    }

    /**
     * Sets who is to have created the tasks, to the letter. The cloud API tells creators; others refuse such a query.
     *
     * @param creator the name, as {@link TaskSummary#creatorName()} has it; personal data, and not part of the text form
     * @return a new instance
     */
    public TaskQuery withCreator(String creator) {
        requireText("creator", "the name of a person", creator);
        return with(ListSelector.CREATOR, "…", (task, now) -> creator.equals(task.creatorName()));
    }

    /**
     * Sets what the prompts of the tasks are to contain; upper and lower case are the same. The cloud API tells prompts;
     * others refuse such a query.
     *
     * @param text any part of the prompt; not part of the text form
     * @return a new instance
     */
    public TaskQuery withPrompt(String text) {
        requireText("prompt", "a part of a prompt", text);
        Pattern part = Pattern.compile(text, Pattern.LITERAL | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
        return with(
                ListSelector.PROMPT,
                "…",
                (task, now) ->
                        task.prompt() != null && part.matcher(task.prompt()).find());
    }

    /**
     * Sets how old the tasks are to be, counted from their creation, not from the beginning of their work. It is measured
     * by the server's clock, which is in its answer to the first page, and by this machine's only where the server tells
     * no time. All pages are measured at that moment.
     *
     * @param age above zero, up to 36,500 days
     * @return a new instance
     */
    public TaskQuery olderThan(Duration age) {
        Durations.requirePositive("olderThan", age);
        return with(
                ListSelector.OLDER_THAN,
                age.toString(),
                (task, now) -> task.createdAt() != null && task.createdAt().isBefore(now.minus(age)));
    }

    /**
     * Sets before when the tasks are to have been created, by the server's clock.
     *
     * @param instant the first moment that is too late
     * @return a new instance
     */
    public TaskQuery createdBefore(Instant instant) {
        requireNonNull(instant, "createdBefore");
        return with(
                ListSelector.CREATED_BEFORE,
                instant.toString(),
                (task, now) -> task.createdAt() != null && task.createdAt().isBefore(instant));
    }

    /**
     * Adds a condition of one's own. It can be used more than once, and then each has to hold.
     *
     * @param condition looks at what the list tells of a task; called from several threads, and not for long. Where it
     *     throws, the task does not match, and the log says so once
     * @return a new instance
     */
    public TaskQuery matching(Predicate<? super TaskSummary> condition) {
        List<Predicate<? super TaskSummary>> more = new ArrayList<>(matching);
        more.add(requireNonNull(condition, "matching"));
        return new TaskQuery(status, kind, pageSize, conditions, List.copyOf(more), groupBy);
    }

    /**
     * Asks for the tasks that a newer one has made superfluous: of the active tasks of each group all but the newest.
     *
     * <p>All active tasks of the list count, whatever else the query asks for: {@code olderThan} for example says which of
     * the superseded ones are meant, and not which tasks supersede others. Of two tasks created at the same moment, that
     * with the greater id counts as the newer one. A task without a time of creation, or without a group, neither
     * supersedes another one nor is superseded.
     *
     * <p>The list is not held back: what is superseded is known when a newer task has been read. One task of each group
     * is kept in memory until the list ends.
     *
     * @param groupBy gives a task's group, compared by {@code equals}; null for none. Where it throws, there is none, and
     *     the log says so once
     * @return a new instance
     */
    public TaskQuery superseded(Function<? super TaskSummary, ? extends @Nullable Object> groupBy) {
        return new TaskQuery(
                status, kind, pageSize, conditions, matching, requireNonNull(groupBy, "superseded takes a function"));
    }

    /**
     * Sets how many tasks a page has; the default is 100.
     *
     * @param pageSize from 1 to 100
     * @return a new instance
     */
    public TaskQuery withPageSize(int pageSize) {
        if (pageSize < 1 || pageSize > MAX_PAGE_SIZE) {
            throw new IllegalArgumentException(
                    "pageSize takes a number from 1 to " + MAX_PAGE_SIZE + ", not " + pageSize);
        }
        return new TaskQuery(status, kind, pageSize, conditions, matching, groupBy);
    }

    private TaskQuery with(ListSelector selector, String shown, BiPredicate<TaskSummary, Instant> test) {
        Map<ListSelector, Condition> more = new EnumMap<>(ListSelector.class);
        more.putAll(conditions);
        more.put(selector, new Condition(shown, test));
        return new TaskQuery(status, kind, pageSize, more, matching, groupBy);
    }

    private static void requireText(String name, String what, String text) {
        if (text.isBlank()) {
            throw new IllegalArgumentException(name + " takes " + what + ", not a blank");
        }
    }

    /** Tells whether a task of the list is one that was asked for, but for what the application's own code says. */
    boolean matches(TaskSummary task, Instant now) {
        return (status != Status.ACTIVE || !task.state().isEnded())
                && conditions.values().stream()
                        .allMatch(condition -> condition.test().test(task, now));
    }

    /** The conditions of the application's own. */
    boolean matchesOwn(TaskSummary task) {
        return matching.stream().allMatch(condition -> condition.test(task));
    }

    @Nullable
    Status status() {
        return status;
    }

    /** The kind that the list is to have; that of a batch's tasks is known without saying it. */
    @Nullable
    Kind kind() {
        // What is superseded depends on all that is active, so there the server must not pick out.
        return kind == null && conditions.containsKey(ListSelector.BATCH) && groupBy == null ? Kind.BATCH : kind;
    }

    Set<ListSelector> selectors() {
        return conditions.keySet();
    }

    @Nullable
    Function<? super TaskSummary, ? extends @Nullable Object> groupBy() {
        return groupBy;
    }

    int pageSize() {
        return pageSize;
    }

    /** Returns what is asked for, in one line, without personal data. */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        if (status != null) {
            parts.add(status.name().toLowerCase(Locale.ROOT));
        }
        if (kind != null) {
            parts.add("kind=" + kind.name().toLowerCase(Locale.ROOT));
        }
        conditions.forEach((selector, condition) -> parts.add(selector.method + "=" + condition.shown()));
        if (!matching.isEmpty()) {
            parts.add("matching=…");
        }
        if (groupBy != null) {
            parts.add("superseded=…");
        }
        return parts.stream().map(LogText::oneLine).collect(Collectors.joining(", ", "TaskQuery[", "]"));
    }
}
