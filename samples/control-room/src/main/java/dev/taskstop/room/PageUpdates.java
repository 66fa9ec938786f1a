package dev.taskstop.room;

import dev.taskstop.room.Room.View;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.thymeleaf.context.Context;
import org.thymeleaf.spring6.ISpringWebFluxTemplateEngine;
import reactor.core.publisher.Flux;

/**
 * What one open page has to change, as HTML that htmx puts in place by the elements' ids. Only what differs from what
 * this page was sent before is in it, so focus, ticks and selections stay where they are. A carriage return would end a
 * line of the event that carries it, so it is sent by its number.
 */
@Component
class PageUpdates {

    static final int SHOWN_ROWS = 200;

    private final Room room;
    private final ISpringWebFluxTemplateEngine templates;

    PageUpdates(Room room, ISpringWebFluxTemplateEngine templates) {
        this.room = room;
        this.templates = templates;
    }

    /** A cold {@link Flux} of changes, the whole page first; each subscription is one open page. */
    Flux<String> of(Filter filter) {
        return room.views(filter)
                .map(view -> Page.of(view, filter))
                .scan(new Step(null, null), (step, page) -> new Step(step.now(), page))
                .skip(1)
                .map(this::changes)
                .filter(changes -> !changes.isEmpty())
                .map(changes -> templates
                        .process("changes", new Context(Locale.ROOT, changes))
                        .strip())
                .map(html -> html.replace("\r", "&#13;"));
    }

    /** What a page shows: of the view, the first rows in its order. */
    record Page(View view, Filter filter, List<TaskRow> rows) {

        static Page of(View view, Filter filter) {
            List<TaskRow> sorted = filter.sort(view.tasks().rows());
            return new Page(view, filter, sorted.stream().limit(SHOWN_ROWS).toList());
        }

        /** What the text above the table says. */
        String shown() {
            boolean one = view.tasks().count().equals("1");
            String all = view.tasks().count() + (filter.isEmpty() ? " active" : one ? " matches" : " match");
            return rows.size() == view.tasks().rows().size()
                    ? all
                    : all + ", the first " + Text.number(rows.size()) + " are shown";
        }

        /** What stands in the place of rows where there are none; empty where there are. */
        String empty() {
            if (!filter.problem().isEmpty()) {
                return "The address asks for what there is not: " + filter.problem() + ".";
            }
            if (!rows.isEmpty()) {
                return "";
            }
            if (!view.tasks().problem().isEmpty()) {
                return "Which tasks are active is not known.";
            }
            return filter.isEmpty() ? "No task is active." : "No active task matches " + filter.sentence() + ".";
        }

        /** How many tasks the button stops that stops all; no more than a bound where not all were read. */
        String stoppable() {
            long free =
                    view.tasks().rows().stream().filter(row -> !row.stopping()).count();
            return Text.number(free) + (view.tasks().more() ? "+" : "");
        }

        List<Batch.State> running() {
            return view.batches().stream().filter(batch -> !batch.over()).toList();
        }

        /** Which batches there are and where they are; their numbers change without that. */
        List<?> outline() {
            return view.batches().stream()
                    .map(batch -> List.of(batch.number(), batch.phase()))
                    .toList();
        }

        /** What a screen reader is told: a quarter at a time. */
        String announcement() {
            return view.batches().stream()
                    .findFirst()
                    .map(batch -> "Batch " + batch.number()
                            + (batch.over()
                                    ? " " + batch.label() + ": " + batch.progress() + ", "
                                            + Text.number(batch.counts().stopped()) + " stopped"
                                    : ": " + batch.percent() / 25 * 25 + " % of " + Text.tasks(batch.total())))
                    .orElse("");
        }
    }

    /** What needs a person: those that are listed, and how many more there are. */
    record Needs(List<Failures.Failure> list, long dropped) {

        public String notListed() {
            return dropped == 0
                    ? ""
                    : Text.tasks(dropped) + " that failed earlier " + (dropped == 1 ? "is" : "are")
                            + " not listed; what still runs is among the active tasks.";
        }

        public int listed() {
            return list.size();
        }
    }

    private record Step(@Nullable Page before, @Nullable Page now) {}

    private Map<String, Object> changes(Step step) {
        Page before = step.before();
        Page now = step.now();
        if (now == null) {
            return Map.of();
        }
        Map<String, Object> changes = new LinkedHashMap<>();
        if (before == null || !isAppended(before.rows(), now.rows())) {
            changes.put("rows", now.rows());
        } else {
            rowChanges(before.rows(), now.rows(), changes);
        }
        put(changes, "gate", before, now, page -> page.view().gate().sentence());
        put(changes, "watchers", before, now, page -> Text.number(page.view().watchers()));
        put(changes, "problem", before, now, page -> page.view().problem());
        put(changes, "late", before, now, page -> page.view().late());
        put(changes, "shown", before, now, Page::shown);
        put(changes, "empty", before, now, Page::empty);
        put(changes, "active", before, now, page -> page.view().tasks().count());
        put(changes, "stoppable", before, now, Page::stoppable);
        put(changes, "stopsPerSecond", before, now, page -> page.view().stopsPerSecond());
        put(changes, "sweeps", before, now, page -> page.view().sweeps());
        put(
                changes,
                "failures",
                before,
                now,
                page -> new Needs(page.view().failures(), page.view().failuresDropped()));
        put(changes, "announcement", before, now, Page::announcement);
        if (before == null || !before.outline().equals(now.outline())) {
            changes.put("batches", now.view().batches());
            changes.put("running", now.running());
        } else if (!before.view().batches().equals(now.view().batches())) {
            changes.put("numbers", now.view().batches());
        }
        return changes;
    }

    private static void put(
            Map<String, Object> changes, String name, @Nullable Page before, Page now, Function<Page, Object> part) {
        Object value = part.apply(now);
        if (before == null || !part.apply(before).equals(value)) {
            changes.put(name, value);
        }
    }

    /**
     * Whether rows were only taken away anywhere and added at the end, as it is when the youngest come last, and of the
     * others only changed what changes as a task runs.
     */
    private static boolean isAppended(List<TaskRow> before, List<TaskRow> now) {
        Set<String> idsNow = ids(now);
        List<List<String>> kept = before.stream()
                .filter(row -> idsNow.contains(row.id()))
                .map(PageUpdates::fixed)
                .toList();
        return now.stream().limit(kept.size()).map(PageUpdates::fixed).toList().equals(kept);
    }

    /** What a change of a row leaves as it is. */
    private static List<String> fixed(TaskRow row) {
        return List.of(row.id(), row.prompt(), row.agent(), row.repo());
    }

    private static void rowChanges(List<TaskRow> before, List<TaskRow> now, Map<String, Object> changes) {
        Set<TaskRow> same = new HashSet<>(before);
        Set<String> idsBefore = ids(before);
        Set<String> idsNow = ids(now);
        putUnlessEmpty(
                changes,
                "removedRows",
                before.stream().filter(row -> !idsNow.contains(row.id())).toList());
        putUnlessEmpty(
                changes,
                "addedRows",
                now.stream().filter(row -> !idsBefore.contains(row.id())).toList());
        putUnlessEmpty(
                changes,
                "changedRows",
                now.stream()
                        .filter(row -> idsBefore.contains(row.id()) && !same.contains(row))
                        .toList());
        Set<String> stoppingBefore = stopping(before);
        putUnlessEmpty(
                changes,
                "turnedRows",
                now.stream()
                        .filter(row ->
                                idsBefore.contains(row.id()) && row.stopping() != stoppingBefore.contains(row.id()))
                        .toList());
    }

    private static Set<String> stopping(List<TaskRow> rows) {
        return ids(rows.stream().filter(TaskRow::stopping).toList());
    }

    private static Set<String> ids(List<TaskRow> rows) {
        return rows.stream().map(TaskRow::id).collect(Collectors.toSet());
    }

    private static void putUnlessEmpty(Map<String, Object> changes, String name, List<?> values) {
        if (!values.isEmpty()) {
            changes.put(name, values);
        }
    }
}
