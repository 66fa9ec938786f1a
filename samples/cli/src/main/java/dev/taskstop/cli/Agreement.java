package dev.taskstop.cli;

import dev.taskstop.StopResult;
import dev.taskstop.StopResult.Skipped;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Asks at the terminal what may be stopped. What is agreed to are the tasks that were counted and shown, so their ids are
 * stopped afterwards, and not what a second look at the list would find.
 */
final class Agreement {

    private static final int ROWS = 5;
    private static final int PROMPT_SHOWN = 40;
    private static final String ROW = "  %-22s %-10s %-17s %-10s %s";
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mmX", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Screen screen;
    private final Interrupt interrupt;
    private final boolean interactive;
    private final long max;
    private final BufferedReader terminal =
            new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));

    /** The ids in their order, each with its row if that is shown. */
    private final Map<String, String> found = new LinkedHashMap<>();

    private long asked;
    private long agreed;
    private boolean all;
    private boolean enough;

    /**
     * Prepares it.
     *
     * @param interactive whether it asks about each task
     * @param max how many tasks may be stopped
     */
    Agreement(Screen screen, Interrupt interrupt, boolean interactive, long max) {
        this.screen = screen;
        this.interrupt = interrupt;
        this.interactive = interactive;
        this.max = max;
    }

    /**
     * Reads the list before anything is stopped: no further than to the first task that is too many, unless each may be
     * declined, so that another one is stopped in its place.
     */
    void find(TaskClient client, TaskQuery query) {
        Flux<TaskSummary> each = client.list(query).filter(this::isNew);
        screen.each(interactive || max == Long.MAX_VALUE ? each : each.take(max + 1), task -> {});
    }

    private boolean isNew(TaskSummary task) {
        boolean shown = interactive || found.size() < ROWS;
        return found.putIfAbsent(task.taskId(), shown ? row(task) : "") == null;
    }

    boolean isNothingFound() {
        return found.isEmpty();
    }

    /** What was found, and the first that is too many, which is then told to be skipped. */
    List<String> ids() {
        return List.copyOf(found.keySet());
    }

    /** Shows the first tasks, and asks about all of them at once. */
    boolean isGiven(String afterwards) {
        long count = Math.min(found.size(), max);
        found.values().stream().limit(Math.min(ROWS, count)).forEach(row -> screen.message("%s", row));
        if (count > ROWS) {
            screen.message("  and %,d more", count - ROWS);
        }
        String more = found.size() > count ? String.format(Locale.ROOT, " of more than %,d", count) : "";
        screen.ask("Stop %,d%s active task%s%s? [y/N]", count, more, found.size() == 1 ? "" : "s", afterwards);
        return isYes(answer());
    }

    /**
     * Asks about one task after the other, when it is that one's turn.
     *
     * @param stop stops a task that was agreed to; the next question comes when its results have been taken
     */
    Stream<StopResult> oneByOne(StopRun run, Function<String, Stream<StopResult>> stop) {
        return found.keySet().stream()
                .takeWhile(id -> !enough && agreed <= max && !run.isOver())
                .filter(this::isAgreed)
                .flatMap(id -> ++agreed > max ? Stream.of(new Skipped(id, Skipped.Reason.LIMIT)) : stop.apply(id));
    }

    private boolean isAgreed(String id) {
        asked++;
        if (all || agreed == max) {
            return true;
        }
        screen.message("%s", found.getOrDefault(id, id));
        screen.ask("  Stop it (%,d of %,d)? [y/N, a: all that follow, q: quit]", asked, found.size());
        String answer = answer();
        all = answer.equals("a");
        enough = answer.equals("q");
        return all || isYes(answer);
    }

    /** No answer, because the terminal is gone or somebody has pressed Ctrl-C, is a no, and an end. */
    private String answer() {
        return Mono.fromCallable(terminal::readLine)
                .subscribeOn(Schedulers.boundedElastic())
                .takeUntilOther(interrupt.wanted())
                .onErrorComplete()
                .blockOptional()
                .map(answer -> answer.strip().toLowerCase(Locale.ROOT))
                .orElse("q");
    }

    private static boolean isYes(String answer) {
        return answer.equals("y") || answer.equals("yes");
    }

    private static String row(TaskSummary task) {
        String prompt = task.prompt() == null ? "" : Printable.line(task.prompt());
        String where = task.repoUrl() == null ? "" : Printable.line(task.repoUrl()) + " ";
        return ROW.formatted(
                        Printable.line(task.taskId()),
                        Printable.line(task.state()),
                        task.createdAt() == null ? "-" : MINUTE.format(task.createdAt()),
                        task.agent() == null ? "-" : Printable.line(task.agent()),
                        where + shortened(prompt))
                .stripTrailing();
    }

    /** Without half of a character at its end. */
    private static String shortened(String prompt) {
        return prompt.codePointCount(0, prompt.length()) <= PROMPT_SHOWN
                ? prompt
                : prompt.substring(0, prompt.offsetByCodePoints(0, PROMPT_SHOWN)) + "...";
    }
}
