package dev.taskstop.benchmarks;

import static dev.taskstop.benchmarks.Contenders.REFERENCE;
import static dev.taskstop.benchmarks.Contenders.TASKSTOP;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

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
        text.append(
                        "\nMedians of the rounds; × is that of the ratios to the turn of the bare loop on Reactor Netty in the same")
                .append(" round, and half of these ratios are in the range behind it.\n");
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
                "half of ×",
                "CPU µs a stop",
                "×",
                "bytes allocated a stop",
                "×",
                "peak heap after a collection, MiB");
        for (Contenders contender : Contenders.values()) {
            if (!results.has(contender)) {
                continue;
            }
            results.medians(protocol, contender)
                    .ifPresentOrElse(
                            it -> table.row(
                                    contender.title(),
                                    whole(it.stopsPerSecond()),
                                    ratio(protocol, contender, Measurement::stopsPerSecond),
                                    range(protocol, contender, Measurement::stopsPerSecond),
                                    tenth(it.cpuMicros()),
                                    ratio(protocol, contender, Measurement::cpuMicrosPerStop),
                                    whole(it.bytes()),
                                    ratio(protocol, contender, Measurement::bytesPerStop),
                                    tenth(it.peakHeapMebibytes())),
                            () -> table.row(contender.title(), NONE, NONE, NONE, NONE, NONE, NONE, NONE, NONE));
        }
        LoadTool.Rate limit = limits.get(protocol);
        if (limit != null) {
            table.row(
                    "limit: " + limit.tool() + " (reads no JSON)",
                    whole(limit.perSecond()),
                    results.medians(protocol, REFERENCE)
                            .map(it -> hundredth(limit.perSecond() / it.stopsPerSecond()))
                            .orElse(NONE),
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
            for (Contenders other : Contenders.values()) {
                if (other != TASKSTOP) {
                    goals.addAll(goals(protocol, other));
                }
            }
        }
        return goals;
    }

    private List<Goal> goals(Protocol protocol, Contenders other) {
        Optional<Quartiles> rate = results.ratio(protocol, TASKSTOP, other, Measurement::stopsPerSecond);
        Optional<Quartiles> cpu = results.ratio(protocol, TASKSTOP, other, Measurement::cpuMicrosPerStop);
        Optional<Quartiles> bytes = results.ratio(protocol, TASKSTOP, other, Measurement::bytesPerStop);
        return rate.isEmpty() || cpu.isEmpty() || bytes.isEmpty()
                ? List.of()
                : goals(
                        protocol,
                        other,
                        rate.get().median(),
                        cpu.get().median(),
                        bytes.get().median());
    }

    private static List<Goal> goals(Protocol protocol, Contenders other, double rate, double cpu, double bytes) {
        String to = ", Taskstop to " + other.title() + ", " + protocol.title();
        boolean isReference = other == REFERENCE;
        if (protocol == Protocol.HTTP_1) {
            if (isReference) {
                return List.of(Goal.atLeast(0.95, "stops/s" + to, rate));
            }
            return other.isDearerOverHttp1()
                    ? List.of(Goal.atLeast(1, "stops/s" + to, rate), Goal.atMost(1, "CPU a stop" + to, cpu))
                    : List.of();
        }
        return List.of(
                Goal.atLeast(isReference ? 0.95 : 1, "stops/s" + to, rate),
                Goal.atMost(isReference ? 1.1 : 1, "CPU a stop" + to, cpu),
                Goal.atMost(isReference ? 0.8 : 1, "bytes a stop" + to, bytes));
    }

    private String ratio(Protocol protocol, Contenders contender, ToDoubleFunction<Measurement> value) {
        return results.ratio(protocol, contender, REFERENCE, value)
                .map(it -> hundredth(it.median()))
                .orElse(NONE);
    }

    private String range(Protocol protocol, Contenders contender, ToDoubleFunction<Measurement> value) {
        return results.ratio(protocol, contender, REFERENCE, value)
                .map(it -> hundredth(it.lower()) + " – " + hundredth(it.upper()))
                .orElse(NONE);
    }

    private static String hundredth(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    static String whole(double value) {
        return String.format(Locale.ROOT, "%,.0f", value);
    }

    static String tenth(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
