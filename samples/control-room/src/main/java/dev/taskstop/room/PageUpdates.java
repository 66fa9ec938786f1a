package dev.taskstop.room;

import dev.taskstop.room.Room.View;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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
 * this page was sent before is in it, so focus, ticks and selections stay where they are.
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
        return room.views()
                .map(view -> Page.of(view, filter))
                .scan(new Step(null, null), (step, page) -> new Step(step.now(), page))
                .skip(1)
                .map(this::changes)
                .filter(changes -> !changes.isEmpty())
                .map(changes ->
                        templates.process("changes", new Context(null, changes)).strip());
    }

    /** What a page shows: of the view, the rows that pass its filter. */
    record Page(View view, List<TaskRow> rows, int matching) {

        static Page of(View view, Filter filter) {
            List<TaskRow> matching = view.tasks().rows().stream()
                    .filter(row -> row.matches(filter))
                    .toList();
            return new Page(view, matching.stream().limit(SHOWN_ROWS).toList(), matching.size());
        }

        /** What the text above the table says. */
        String shown() {
            int active = view.tasks().rows().size();
            String all = "%,d%s active".formatted(active, view.tasks().more() ? " and more" : "");
            String passing = matching == active ? all : "%,d of %s match".formatted(matching, all);
            return rows.size() == matching ? passing : passing + ", the first %,d are shown".formatted(rows.size());
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
                    .map(batch -> batch.over()
                            ? "Batch %d %s: %,d stopped, %,d failed"
                                    .formatted(
                                            batch.number(),
                                            batch.phase(),
                                            batch.counts().stopped(),
                                            batch.counts().failed())
                            : "Batch %d: %d %% of %,d tasks"
                                    .formatted(batch.number(), batch.percent() / 25 * 25, batch.total()))
                    .orElse("");
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
        if (before == null) {
            changes.put("rows", now.rows());
        } else {
            rowChanges(before.rows(), now.rows(), changes);
        }
        put(changes, "gate", before, now, page -> page.view().gate());
        put(changes, "watchers", before, now, page -> page.view().watchers());
        put(changes, "problem", before, now, page -> page.view().tasks().problem());
        put(changes, "shown", before, now, Page::shown);
        put(changes, "active", before, now, page -> page.view().tasks().rows().size());
        put(changes, "stopsPerSecond", before, now, page -> page.view().stopsPerSecond());
        put(changes, "failures", before, now, page -> page.view().failures());
        put(changes, "announcement", before, now, Page::announcement);
        if (before == null || !before.outline().equals(now.outline())) {
            changes.put("batches", now.view().batches());
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

    /** Rows are only taken away anywhere and added at the end: what is new is the youngest. */
    private static void rowChanges(List<TaskRow> before, List<TaskRow> now, Map<String, Object> changes) {
        Set<TaskRow> same = new HashSet<>(before);
        Set<String> idsBefore = ids(before);
        Set<String> idsNow = ids(now);
        putUnlessEmpty(
                changes,
                "removedRows",
                before.stream()
                        .map(TaskRow::id)
                        .filter(id -> !idsNow.contains(id))
                        .toList());
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
