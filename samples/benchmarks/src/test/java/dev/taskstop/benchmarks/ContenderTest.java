package dev.taskstop.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContenderTest {

    private static final int COUNT = 200;

    @TempDir
    static Path directory = Path.of("");

    private static Certificate certificate = new Certificate(directory, directory);

    @BeforeAll
    static void createCertificate() throws IOException {
        certificate = Certificate.create(directory);
    }

    static Stream<Arguments> contendersAndProtocols() {
        return Arrays.stream(Contenders.values())
                .flatMap(contender -> Arrays.stream(Protocol.values())
                        .filter(contender::speaks)
                        .map(protocol -> arguments(contender, protocol)));
    }

    @ParameterizedTest
    @MethodSource("contendersAndProtocols")
    @Timeout(60)
    void each_contender_stops_every_task_once(Contenders kind, Protocol protocol) {
        try (TaskServer server = TaskServer.start(options(protocol))) {
            Target target = new Target(protocol, server.baseUrl(), server.key(), certificate.chain(), 64);
            try (Contender contender = kind.open(target)) {
                assertThat(contender.stop(new Extent(COUNT, Duration.ofMinutes(1)).ids()))
                        .isEqualTo(COUNT);
            }
            assertThat(server.ledger().totals().patchRequests()).isEqualTo(COUNT);
        }
    }

    private static TaskServerOptions options(Protocol protocol) {
        TaskServerOptions options =
                TaskServerOptions.defaults().withAddress("127.0.0.1", 0).withFixedAnswer(true);
        return protocol.isTls() ? options.withTls(certificate.chain(), certificate.key()) : options;
    }
}
