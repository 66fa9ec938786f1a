package dev.taskstop;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The stages of an id's way through core, from the call to the socket, and what stands beside it. Each type of core is in
 * one of them, and a stage knows only those that are named behind it.
 */
@SuppressWarnings("ImmutableEnumChecker") // made by List.of and Set.of
enum Stage {
    VALUES(
            "what is given and what is got",
            "StopAllOptions StopRetry AwaitOptions TaskQuery ListSelector RepositoryName StopResult StopSummary Sweep"
                    + " StoppedTask TaskStatus TaskState TaskSummary TaskDetails TaskLogEvent TaskOutcome TaskException"
                    + " TaskRequestException TaskResponseException TaskDecodingException TaskRequest Origin UserAgent GateState TaskIds Durations"
                    + " LogText"),
    GUARD(
            "keeps what code of the application throws away from the stops",
            "Guard GuardedFlux GuardedScheduler",
            VALUES),
    TRANSPORT(
            "what is said over the wire, and who says it",
            "TaskTransport TaskResponse GuardedTransport StreamSilence",
            VALUES,
            GUARD),
    NETTY(
            "connections, time-outs, HTTP/1.1 and HTTP/2",
            "NettyTransport NettyStreams NettyClients NettyClient NettyExchange NettyDeadlines NettyPool"
                    + " NettyHttp1Codec NettyHttp2Connection NettyHttp2Stream NettyResponseBody",
            VALUES,
            GUARD,
            TRANSPORT),
    OBSERVATION(
            "who is told of it",
            "CallObserver MicrometerObserver TaskObservationDocumentation StopObservationContext"
                    + " StopObservationConvention RequestObservationContext RequestObservationConvention StopListener"
                    + " GuardedListener",
            VALUES,
            GUARD,
            TRANSPORT),
    DIALECT(
            "words the request, reads the answer",
            "TaskDialect Answer CloudDialect CloudDetails CloudDiffStats CloudLogEvents AgentV1Dialect AgentV1Details"
                    + " AgentV1LogEvents TaskPage DialectJson DialectJsonLeniency DialectPaging DialectLogEvents"
                    + " DialectTimestamp DialectHttpDate DialectRetryAfter ServerSentEvents",
            VALUES,
            GUARD,
            TRANSPORT),
    CALL(
            "adds the key, finds out what a 403 is about",
            "ApiCalls ApiKey ApiForbidden",
            VALUES,
            GUARD,
            TRANSPORT,
            OBSERVATION,
            DIALECT),
    GATE(
            "lets through as many as the server takes well, stops first",
            "Gate GateLimit GateLatency GateRate GatePause GateCall GatePermits GateQueue",
            VALUES,
            GUARD),
    LIST(
            "reads the pages of a list, and picks out what is meant",
            "ListPages ListCursor ListSelection ListScan ListFirstPage",
            VALUES,
            GUARD,
            DIALECT,
            CALL,
            GATE),
    LOG_STREAM("opens a log again where it broke off", "LogStream", VALUES, GUARD, TRANSPORT, DIALECT, CALL, GATE),
    ONE_STOP(
            "tries again, and finds out what became of the task",
            "OneStop RetryBudget StatusPoller StatusHolds StopResults BulkStopState BulkStopDemand",
            VALUES,
            GUARD,
            OBSERVATION,
            CALL,
            GATE),
    BULK_STOP(
            "takes ids as results are taken, gives one result for each",
            "BulkStop BulkStopLimit BulkStopWatch BulkStopRevival Sweeps AwaitOrStop",
            VALUES,
            GUARD,
            OBSERVATION,
            CALL,
            GATE,
            LIST,
            LOG_STREAM,
            ONE_STOP),
    CLIENT(
            "what is called",
            "TaskClient TaskClientBuilder DefaultTaskClient ActiveTasks DefaultActiveTasks RegisteredTasks"
                    + " TaskClientMetrics Libraries",
            VALUES,
            GUARD,
            TRANSPORT,
            NETTY,
            OBSERVATION,
            DIALECT,
            CALL,
            GATE,
            LIST,
            LOG_STREAM,
            ONE_STOP,
            BULK_STOP);

    private final String purpose;
    private final List<String> types;
    private final Set<Stage> known;

    Stage(String purpose, String types, Stage... known) {
        this.purpose = purpose;
        this.types = List.of(types.split(" "));
        this.known = Set.of(known);
    }

    static Stream<Stage> of(String type) {
        return Stream.of(values()).filter(stage -> stage.types.contains(type));
    }

    List<String> types() {
        return types;
    }

    /** Those that its types may name, besides its own. */
    Set<Stage> known() {
        return known;
    }

    /** From the call down to the socket; an arrow goes to what a stage knows, unless another arrow leads there. */
    static String drawing() {
        StringBuilder drawing = new StringBuilder("```mermaid\nflowchart TB\n");
        List<Stage> fromTheCall =
                Stream.of(values()).sorted(Comparator.reverseOrder()).toList();
        fromTheCall.forEach(stage -> drawing.append("    %s[\"<b>%s</b>: %s<br>%s\"]\n"
                .formatted(stage, stage.title(), stage.purpose, String.join(", ", stage.types))));
        fromTheCall.forEach(stage -> stage.known.stream()
                .filter(other -> stage.known.stream().noneMatch(between -> between.leadsTo(other)))
                .sorted()
                .forEach(other -> drawing.append("    %s --> %s\n".formatted(stage, other))));
        return drawing.append("```\n").toString();
    }

    private boolean leadsTo(Stage other) {
        return known.contains(other);
    }

    private String title() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
