package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.util.retry.Retry;

class TaskServerMainTest {

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine commandLine =
            TaskServerMain.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "--port=70000                                  | the port must be between 0 and 65535: 70000",
                "--port=x                                      | Invalid value for option '--port'",
                "--bogus                                       | Unknown option: '--bogus'",
                "--tasks=running=3                             | --tasks: no such state: running",
                "--tasks=processing=-3                         | --tasks: the count of processing must not be negative: -3",
                "--fault=error_after=1.5                       | the rate of ERROR_AFTER must be between 0 and 1: 1.5",
                "--fault=error_after=0.6,cut_after=0.6         | the fault rates add up to more than 1: 1.2",
                "--fault=nonsense=0.6                          | Invalid value for option '--fault'",
                "--latency=soon                                | 'soon' is not a duration such as 500ms, 1.5s or 2m",
                "--ids=numbers                                 | Invalid value for option '--ids'",
                "--ended-run=404                               | Invalid value for option '--ended-run'",
                "--user=nobody                                 | --user must be USER=KEY",
                "--task=x                                      | --task must be ID=STATE",
                "--task=x=running                              | --task: no such state: running",
                "--task=x=saving --task=x/y=saving             | an id is one segment of a path: 'x/y'",
                "--overwritten=2                               | overwritten must be between 0 and 1: 2.0",
                "--v1-created-status=404                       | the status of a run that was created is 200 to 299: 404",
                "--surplus-status=99                           | the status of a surplus answer is 200 to 599, or 0: 99",
                "--latency=9999999h                            | the latency must be between zero and 36500 days: PT9999999H",
                "--times-skew=soon                             | 'soon' is not a duration such as 500ms, 1.5s or 2m",
                "--ends-in-error=2                             | errorRate must be between 0 and 1: 2.0",
                "--tls-certificate=a.pem                       | Missing required argument(s): --tls-key",
                "--tls-certificate=a.pem --tls-key=b.pem       | a.pem"
            })
    void a_usage_error_is_told_without_a_stack_trace(String arguments, String message) {
        assertThat(commandLine.execute(arguments.split(" +"))).isEqualTo(CommandLine.ExitCode.USAGE);

        assertThat(err.toString()).contains(message).doesNotContain("\tat ");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void a_port_in_use_is_told_without_a_stack_trace() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(commandLine.execute("--port=" + taken.getLocalPort())).isEqualTo(1);
        }

        assertThat(err.toString()).contains("cannot listen on 127.0.0.1:").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"--journal", "--access-log"})
    void a_file_that_cannot_be_opened_is_told_without_a_stack_trace(String option) {
        assertThat(commandLine.execute("--port=0", option + "=/no/such/folder/file"))
                .isEqualTo(1);

        assertThat(err.toString())
                .contains("cannot open a file: ", "/no/such/folder/file")
                .hasLineCount(1);
    }

    /** A client that tries again and again while a server is started again is not told that its task is not there. */
    @Test
    void every_task_is_there_as_soon_as_the_server_listens() throws Exception {
        int count = 300_000;
        String last;
        try (TaskServer server = TaskServer.start()) {
            last = server.createTasks(count, Lifecycle.staysIn(Status.PROCESSING))
                    .get(count - 1);
        }
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Mono<TaskServer> starting = Mono.fromCallable(
                        () -> TaskServerMain.start("--port=" + port, "--tasks=processing=" + count))
                .subscribeOn(Schedulers.boundedElastic())
                .cache();
        starting.subscribe();

        Integer first = HttpClient.newConnection()
                .headers(headers -> headers.set("Authorization", "Bearer " + TaskServerOptions.DEFAULT_KEY))
                .get()
                .uri("http://127.0.0.1:" + port + "/api/tasks/" + last + "/status")
                .responseSingle(
                        (response, body) -> body.thenReturn(response.status().code()))
                .retryWhen(Retry.indefinitely().filter(ConnectException.class::isInstance))
                .block(TestClient.PATIENCE);

        assertThat(first).isEqualTo(200);
        Objects.requireNonNull(starting.block(TestClient.PATIENCE)).close();
    }

    @Test
    void help_names_every_option() {
        assertThat(commandLine.execute("--help")).isZero();

        assertThat(out.toString())
                .contains("--fixed-answer", "--ids=", "--ended-run=", "--fault=", "--processing-for=", "--ledger=FILE")
                .contains(names());
    }

    /** A kind, a state or an option that the page does not name is one that nobody finds. */
    @Test
    void the_page_names_every_way_to_go_wrong_and_every_switch() throws IOException {
        assertThat(Files.readString(Path.of("README.md")))
                .contains(Stream.of(FaultKind.values())
                        .map(kind -> "`" + kind.name().toLowerCase(Locale.ROOT) + "`")
                        .toList())
                .contains(names());
        commandLine.execute("--help");
        assertThat(out.toString().replaceAll("\\s+", " "))
                .contains(Stream.of(FaultKind.values())
                        .map(kind -> kind.name().toLowerCase(Locale.ROOT))
                        .toList());
    }

    private String[] names() {
        return commandLine.getCommandSpec().options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp())
                .map(CommandLine.Model.OptionSpec::longestName)
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource({"500ms, PT0.5S", "1.5s, PT1.5S", "2m, PT2M", "1h, PT1H", "0s, PT0S", "-300ms, PT-0.3S"})
    void durations_are_written_with_their_unit(String text, Duration duration) {
        assertThat(new DurationText().convert(text)).isEqualTo(duration);
    }
}
