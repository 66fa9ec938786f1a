package dev.taskstop.benchmarks;

import static dev.taskstop.benchmarks.Contenders.REFERENCE;
import static dev.taskstop.benchmarks.Contenders.TASKSTOP;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A comparison in words and tables. */
final class Report {

    private static final String NONE = "–";

    private final Results results;
    private final Map<Protocol, LoadTool.Rate> limits;

    Report(Results results, Map<Protocol, LoadTool.Rate> limits) {
        this.results = results;
        this.limits = limits;
    }

    String markdown(String conditions) {
        StringBuilder text =
                new StringBuilder("# Comparison\n\n").append(conditions).append('\n');
        text.append("\nMedians; × is the ratio to the bare loop on Reactor Netty.\n");
        for (Protocol protocol : results.protocols()) {
            text.append("\n## ").append(protocol.title()).append("\n\n").append(table(protocol));
        }
        List<Goal> goals = goals();
        if (!goals.isEmpty()) {
            text.append("\n## Goals\n\n").append(Goal.table(goals));
        }
        return text.toString();
    }

    private MarkdownTable table(Protocol protocol) {
        MarkdownTable table = new MarkdownTable(
                "client",
                "stops/s",
                "×",
                "slowest – fastest round",
                "CPU µs a stop",
                "×",
                "bytes allocated a stop",
                "×",
                "peak heap after a collection, MiB");
        Optional<Medians> reference = results.medians(protocol, REFERENCE);
        for (Contenders contender : Contenders.values()) {
            if (!results.has(contender)) {
                continue;
            }
            results.medians(protocol, contender)
                    .ifPresentOrElse(
                            it -> table.row(
                                    contender.title(),
                                    whole(it.stopsPerSecond()),
                                    ratio(it.stopsPerSecond(), reference.map(Medians::stopsPerSecond)),
                                    whole(it.slowest()) + " – " + whole(it.fastest()),
                                    tenth(it.cpuMicros()),
                                    ratio(it.cpuMicros(), reference.map(Medians::cpuMicros)),
                                    whole(it.bytes()),
                                    ratio(it.bytes(), reference.map(Medians::bytes)),
                                    tenth(it.peakHeapMebibytes())),
                            () -> table.row(contender.title(), NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE));
        }
        LoadTool.Rate limit = limits.get(protocol);
        if (limit != null) {
            table.row(
                    "limit: " + limit.tool() + " (reads no JSON)",
                    whole(limit.perSecond()),
                    ratio(limit.perSecond(), reference.map(Medians::stopsPerSecond)),
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    NONE,
                    NONE);
        }
        return table;
    }

    /** What has to hold between those who took part. */
    List<Goal> goals() {
        List<Goal> goals = new ArrayList<>();
        for (Protocol protocol : results.protocols()) {
            results.medians(protocol, TASKSTOP).ifPresent(taskstop -> {
                for (Contenders other : Contenders.values()) {
                    if (other != TASKSTOP) {
                        results.medians(protocol, other)
                                .ifPresent(it -> goals.addAll(goals(protocol, taskstop, other, it)));
                    }
                }
            });
        }
        return goals;
    }

    private static List<Goal> goals(Protocol protocol, Medians taskstop, Contenders other, Medians their) {
        double rate = taskstop.stopsPerSecond() / their.stopsPerSecond();
        double cpu = taskstop.cpuMicros() / their.cpuMicros();
        double bytes = taskstop.bytes() / their.bytes();
        String to = ", Taskstop to " + other.title() + ", " + protocol.title();
        if (protocol == Protocol.HTTP_1) {
            if (other == REFERENCE) {
                return List.of(Goal.atLeast(0.95, "stops/s" + to, rate));
            }
            return other.isDearerOverHttp1()
                    ? List.of(Goal.atLeast(1, "stops/s" + to, rate), Goal.atMost(1, "CPU a stop" + to, cpu))
                    : List.of();
        }
        boolean isReference = other == REFERENCE;
        return List.of(
                Goal.atLeast(isReference ? 0.95 : 1, "stops/s" + to, rate),
                Goal.atMost(isReference ? 1.1 : 1, "CPU a stop" + to, cpu),
                Goal.atMost(isReference ? 0.8 : 1, "bytes a stop" + to, bytes));
    }

    private static String ratio(double value, Optional<Double> reference) {
        return reference
                .map(it -> String.format(Locale.ROOT, "%.2f", value / it))
                .orElse(NONE);
    }

    static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String tenth(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
