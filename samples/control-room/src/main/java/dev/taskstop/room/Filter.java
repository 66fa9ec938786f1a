package dev.taskstop.room;

import static java.util.Comparator.comparing;
import static java.util.Comparator.naturalOrder;
import static java.util.Comparator.nullsLast;
import static java.util.Comparator.reverseOrder;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;

/**
 * Which of the active tasks a page shows, and in which order, as its address says. What is empty lets all pass; what
 * cannot be understood lets none pass, and is told, so that nobody stops more than was meant.
 *
 * @param values the parameters of the address that are not empty, by name
 * @param query which tasks these select
 * @param problem what is wrong with the address; empty when nothing is
 */
record Filter(Map<String, String> values, TaskQuery query, String problem) {

    static final Filter ALL = new Filter(Map.of(), TaskQuery.active(), "");

    /** What has run longest comes first; what is new comes last. */
    static final Comparator<TaskRow> OLDEST_FIRST =
            comparing(TaskRow::createdAt, nullsLast(naturalOrder())).thenComparing(TaskRow::id);

    private static final String SORT = "sort";

    /** Which page asks; no filter. */
    static final String PAGE = "page";

    /** What each parameter adds to a query; one that is refused is told with the reason. */
    private static final Map<String, BiFunction<TaskQuery, String, TaskQuery>> SELECTORS = selectors();

    private static final Map<String, Comparator<TaskRow>> ORDERS = Map.of(
            "oldest", OLDEST_FIRST,
            "newest", comparing(TaskRow::createdAt, nullsLast(reverseOrder())).thenComparing(TaskRow::id),
            "task", by(TaskRow::name),
            "agent", by(TaskRow::agent),
            "repository", by(TaskRow::repo),
            "state", by(TaskRow::state),
            "progress", comparing(TaskRow::progress).reversed().thenComparing(OLDEST_FIRST));

    private static Map<String, BiFunction<TaskQuery, String, TaskQuery>> selectors() {
        Map<String, BiFunction<TaskQuery, String, TaskQuery>> selectors = new LinkedHashMap<>();
        selectors.put("text", (query, text) -> query.matching(Selections.withText(text)));
        selectors.put("state", (query, state) -> query.matching(Selections.inState(state)));
        selectors.put("repository", TaskQuery::withRepository);
        selectors.put("branch", TaskQuery::withBranch);
        selectors.put("agent", TaskQuery::withAgent);
        selectors.put("model", TaskQuery::withModel);
        selectors.put("batch", TaskQuery::withBatch);
        selectors.put("creator", TaskQuery::withCreator);
        selectors.put("prompt", TaskQuery::withPrompt);
        selectors.put("older", (query, age) -> query.olderThan(Selections.age(age)));
        selectors.put("before", (query, time) -> query.createdBefore(Selections.moment(time)));
        selectors.put("superseded", (query, yes) -> query.superseded(Selections.groupBy(yes)));
        return selectors;
    }

    private static Comparator<TaskRow> by(Function<TaskRow, String> field) {
        return comparing(field, String.CASE_INSENSITIVE_ORDER).thenComparing(OLDEST_FIRST);
    }

    static Filter of(MultiValueMap<String, String> parameters) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> problems = new ArrayList<>();
        parameters.forEach((name, given) -> {
            String value =
                    given.isEmpty() || given.get(0) == null ? "" : given.get(0).strip();
            if (!SELECTORS.containsKey(name) && !SORT.equals(name) && !PAGE.equals(name)) {
                problems.add("there is no filter named " + Text.plain(name));
            } else if (given.size() > 1) {
                problems.add(name + " is given more than once");
            } else if (!value.isEmpty() && !PAGE.equals(name)) {
                values.put(name, name.equals("state") ? Selections.stateName(value) : value);
            }
        });
        if (values.containsKey(SORT) && !ORDERS.containsKey(values.get(SORT))) {
            problems.add("sort takes oldest, newest, task, agent, repository, state or progress");
        }
        TaskQuery query = query(values, problems);
        return new Filter(values, query, String.join("; ", problems));
    }

    private static TaskQuery query(Map<String, String> values, List<String> problems) {
        TaskQuery query = TaskQuery.active();
        for (Map.Entry<String, String> value : values.entrySet()) {
            BiFunction<TaskQuery, String, TaskQuery> selector = SELECTORS.get(value.getKey());
            try {
                query = selector == null ? query : selector.apply(query, value.getValue());
            } catch (IllegalArgumentException e) {
                problems.add(String.valueOf(e.getMessage()));
            }
        }
        return query;
    }

    /** A cold {@link Flux} of the tasks that pass, as the server tells them; of none where the address is wrong. */
    Flux<TaskSummary> list(TaskClient client) {
        return problem.isEmpty() ? client.list(query) : Flux.empty();
    }

    /** What two filters share that let the same tasks pass, whatever their order; one with a problem lets none pass. */
    Object key() {
        return List.of(selection(), problem);
    }

    /** What it selects by. */
    Map<String, String> selection() {
        Map<String, String> selection = new LinkedHashMap<>(values);
        selection.remove(SORT);
        return selection;
    }

    /** The value of a parameter, for the form that shows it. */
    public String value(String name) {
        return values.getOrDefault(name, "");
    }

    /** Whether one of the rarer filters is set, so that the page shows them. */
    public boolean hasMore() {
        return values.keySet().stream()
                .anyMatch(name -> !List.of("text", "state", SORT).contains(name));
    }

    /** Whether it lets all pass. */
    public boolean isEmpty() {
        return problem.isEmpty() && values.keySet().stream().allMatch(SORT::equals);
    }

    List<TaskRow> sort(List<TaskRow> rows) {
        return rows.stream()
                .sorted(ORDERS.getOrDefault(value(SORT), OLDEST_FIRST))
                .toList();
    }

    /** What it lets pass, as a part of a sentence: “billing”, processing, repository shop/orders, older than 6 h. */
    String sentence() {
        List<String> parts = new ArrayList<>();
        selection().forEach((name, given) -> {
            String value = Text.plain(given);
            parts.add(
                    switch (name) {
                        case "text" -> "“" + value + "”";
                        case "prompt" -> "prompt with “" + value + "”";
                        case "state" -> value.toLowerCase(Locale.ROOT);
                        case "older" -> "older than " + value;
                        case "before" -> "created before " + value;
                        case "superseded" -> "superseded by a newer one of the same " + value;
                        default -> name + " " + value;
                    });
        });
        return String.join(", ", parts);
    }
}
