package dev.taskstop.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a load generator in C gets out of the same server, stopping one and the same task: the limit. */
final class LoadTool {

    private static final Duration MARGIN = Duration.ofSeconds(30);
    private static final String ID = "task-1";
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([\\d.]+)|([\\d.]+) req/s,");

    private LoadTool() {}

    /** A rate, and who reached it. */
    record Rate(String tool, double perSecond) {}

    /** Measures with {@code wrk} or {@code h2load}, whichever speaks the protocol, if it is installed. */
    static Optional<Rate> measure(Target target, Duration time, Path directory)
            throws IOException, InterruptedException {
        String tool = target.protocol() == Protocol.HTTP_1 ? "wrk" : "h2load";
        if (Machine.find(tool).isEmpty()) {
            return Optional.empty();
        }
        String seconds = Long.toString(Math.max(1, time.toSeconds()));
        String inFlight = Integer.toString(target.inFlight());
        String url = target.stopUri(ID).toString();
        List<String> command = target.protocol() == Protocol.HTTP_1
                ? List.of(
                        tool,
                        "-t1",
                        "-c" + inFlight,
                        "-d" + seconds,
                        "-s",
                        script(target, directory).toString(),
                        url)
                : List.of(
                        tool,
                        "-t1",
                        "-c1",
                        "-m" + inFlight,
                        "-D" + seconds,
                        "-H:method: PATCH",
                        "-HAuthorization: " + target.authorization(),
                        "-HContent-Type: " + Target.CONTENT_TYPE,
                        "-d" + Files.writeString(directory.resolve("body.json"), Target.STOP_BODY),
                        url);
        String output = Child.await(Child.start(Child.Role.CLIENT, command), time.plus(MARGIN));
        return Optional.of(new Rate(tool, rate(output)));
    }

    private static Path script(Target target, Path directory) throws IOException {
        return Files.writeString(directory.resolve("stop.lua"), """
                wrk.method = "PATCH"
                wrk.body = '%s'
                wrk.headers["Authorization"] = "%s"
                wrk.headers["Content-Type"] = "%s"
                """.formatted(
                        Target.STOP_BODY, target.authorization(), Target.CONTENT_TYPE));
    }

    /** Reads what either tool prints. */
    static double rate(String output) throws IOException {
        Matcher rate = RATE.matcher(output);
        boolean allSucceeded = !output.contains("Non-2xx") && !output.matches("(?s).*, [1-9]\\d* (failed|errored).*");
        if (!rate.find() || !allSucceeded) {
            throw new IOException("Not every request succeeded: " + output);
        }
        return Double.parseDouble(rate.group(1) == null ? rate.group(2) : rate.group(1));
    }
}
