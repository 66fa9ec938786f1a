package dev.taskstop.kafka.demo;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskQuery;
import dev.taskstop.TaskSummary;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.TaskServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import org.springframework.kafka.test.EmbeddedKafkaKraftBroker;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Shows a mass stop: starts a broker here, the task server and the instances in processes of their own, sends the ids
 * of all tasks to the topic, and compares the results with the server's ledger.
 */
@Command(
        name = "mass-stop",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Stops many tasks with several instances, and compares the results with the server's ledger.")
public final class MassStop implements Callable<Integer> {

    private static final Duration PATIENCE = Duration.ofMinutes(10);
    /** As many for each consumer with one, two and three instances. */
    private static final int PARTITIONS = 24;

    @Option(names = "--ids", defaultValue = "50000", description = "How many tasks to stop (${DEFAULT-VALUE}).")
    private int ids;

    @Option(names = "--instances", defaultValue = "2", description = "How many instances (${DEFAULT-VALUE}).")
    private int instanceCount;

    @Option(names = "--kill", description = "Kill an instance (kill -9) after a third, and start another one.")
    private boolean kill;

    @Option(names = "--latency", defaultValue = "50ms", description = "How long a stop takes (${DEFAULT-VALUE}).")
    private String latency = "";

    @Option(
            names = "--jar",
            description = "The instance's jar; without it, the instances run on this program's class path.")
    private @Nullable Path jar;

    @Spec
    private @Nullable CommandSpec spec;

    MassStop() {}

    /**
     * Exits with 0 when everything is equal: each id has a result, and the ledger says the same.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.ERROR);
        System.exit(new CommandLine(new MassStop()).execute(args));
    }

    @Override
    public Integer call() throws Exception {
        EmbeddedKafkaKraftBroker broker =
                new EmbeddedKafkaKraftBroker(1, PARTITIONS, Topics.IDS, Topics.RESULTS, Topics.FAILED);
        broker.brokerListProperty("taskstop.demo.broker").afterPropertiesSet();
        try (TaskServerProcess server = TaskServerProcess.start(
                        "--tasks=processing=" + ids,
                        // Only stops take this long.
                        "--fault=latency=1.0",
                        "--fault-latency=" + latency);
                Instances instances = new Instances(jar, broker.getBrokersAsString(), server.baseUrl());
                Topics topics = new Topics(broker.getBrokersAsString())) {
            for (int i = 1; i <= instanceCount; i++) {
                instances.start();
            }
            topics.awaitMembers(instanceCount * Instances.CONSUMERS, PATIENCE);
            print(
                    "%,d tasks at %s, %d instances in the group; %d records that are no ids come before theirs",
                    ids, server.baseUrl(), instanceCount, Topics.POISON.size());

            topics.send(taskIds(server));
            Reports reports = readReports(topics, instances);
            boolean committed = topics.isCommittedToEnd();
            List<Integer> exitCodes = instances.end();
            Comparison comparison = new Comparison(reports, server.end().tasks());

            comparison.print(out(), instances.killed());
            print("offsets committed        %s", committed ? "to the end of the topic" : "NOT to the end");
            print("exit codes               %s", exitCodes);
            return committed && comparison.isEqual() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        } finally {
            broker.destroy();
        }
    }

    private static List<String> taskIds(TaskServerProcess server) {
        TaskClient client = TaskClient.builder()
                .apiKey(TaskServerOptions.DEFAULT_KEY)
                .baseUrl(server.baseUrl())
                .build();
        List<String> ids = client.list(TaskQuery.active())
                .map(TaskSummary::taskId)
                .collectList()
                .blockOptional(PATIENCE)
                .orElseThrow();
        client.closeAsync().block(PATIENCE);
        return ids;
    }

    /** Reads until each id has a result and the group has nothing left to do. */
    private Reports readReports(Topics topics, Instances instances) throws Exception {
        Reports reports = new Reports();
        long start = System.nanoTime();
        try (ProgressBar bar = progressBar()) {
            while (reports.ids() < ids || !topics.isCommittedToEnd()) {
                topics.poll(reports);
                bar.stepTo(reports.ids());
                if (kill && instances.killed() == null && reports.ids() >= ids / 3) {
                    instances.killOneAndStartAnother();
                }
                instances.requireAlive();
                if (System.nanoTime() - start > PATIENCE.toNanos()) {
                    throw new IOException("Not all ids have a result after " + PATIENCE);
                }
            }
            topics.pollToEnd(reports);
        }
        return reports;
    }

    private ProgressBar progressBar() {
        return new ProgressBarBuilder()
                .setTaskName("Stopping")
                .setInitialMax(ids)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(500)
                .setConsumer(new ConsoleProgressBarConsumer(System.err))
                .build();
    }

    private void print(String format, Object... values) {
        out().printf(format + "%n", values);
        out().flush();
    }

    private PrintWriter out() {
        return Objects.requireNonNull(spec).commandLine().getOut();
    }
}
