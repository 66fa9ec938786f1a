package dev.taskstop;

import static dev.taskstop.Wire.ID;
import static dev.taskstop.Wire.KEY;
import static dev.taskstop.Wire.answer;
import static dev.taskstop.Wire.json;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import dev.taskstop.StopResult.Failed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import mockwebserver3.junit5.StartStop;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** The key and the e-mail addresses in bodies are in no log line, no exception and no text form. */
class SecretsTest {

    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final Logger OWN = (Logger) LoggerFactory.getLogger("dev.taskstop");

    @StartStop
    final MockWebServer server = Wire.server();

    @RegisterExtension
    final Wire wire = new Wire();

    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final Queue<String> texts = new ConcurrentLinkedQueue<>();
    private final Recorder recorder = new Recorder();
    private final List<Appender<ILoggingEvent>> usual = new ArrayList<>();
    private final Level usualLevel = ROOT.getLevel();

    @BeforeEach
    void listen() {
        ROOT.iteratorForAppenders().forEachRemaining(usual::add);
        usual.forEach(ROOT::detachAppender);
        recorder.start();
        ROOT.addAppender(recorder);
        ROOT.setLevel(Level.DEBUG);
        OWN.setLevel(Level.TRACE);
    }

    @AfterEach
    void listenNoMore() {
        OWN.setLevel(null);
        ROOT.setLevel(usualLevel);
        ROOT.detachAppender(recorder);
        usual.forEach(ROOT::addAppender);
    }

    @Test
    void neither_the_key_nor_an_address_is_told_to_anybody_who_did_not_ask() {
        String refusal = "{\"error\":{\"code\":\"x\",\"message\":\"" + Wire.USER + " may not, with " + KEY + "\"}}";
        List<MockResponse> answers = List.of(
                json(200, Wire.stopped(ID)),
                json(200, Wire.stopped(ID).substring(0, 150)),
                json(200, "<p>" + Wire.USER + KEY + "</p>"),
                json(200, Wire.stopped(Wire.USER)),
                json(200, Wire.stopped(ID) + Wire.USER.repeat(10_000)),
                json(401, refusal),
                json(403, refusal),
                json(404, refusal),
                json(409, refusal),
                json(500, refusal),
                answer(429, refusal).addHeader("Retry-After", "0.001").build(),
                answer(503, refusal).addHeader("Retry-After", "0.001").build(),
                answer(307, refusal)
                        .addHeader("Location", "https://example.com/?key=" + KEY)
                        .build(),
                answer(200, Wire.stopped(ID))
                        .onResponseBody(new SocketEffect.CloseSocket())
                        .build(),
                answer(200, "").onResponseStart(new SocketEffect.CloseSocket()).build(),
                answer(200, "").onResponseStart(SocketEffect.Stall.INSTANCE).build());
        for (MockResponse answer : answers) {
            Wire.dispatch(server, answer, "processing");
            TaskClient client = client();
            texts.add(client.toString());
            tell(client.stop(ID));
            tell(client.status(ID));
            tell(client.logs(ID).collectList());
            tell(client.stopAll(Flux.just(ID, "another", "bad/" + Wire.USER)).collectList());
            texts.add(client.gateState().toString());
        }
        tell(client(URI.create("http://127.0.0.1:1")).stop(ID));

        assertThat(lines).hasSizeGreaterThan(100).anyMatch(line -> line.contains("dev.taskstop.BulkStop"));
        assertThat(lines).anyMatch(line -> line.contains("reactor.netty."));
        assertThat(texts).hasSizeGreaterThan(50);
        assertThat(lines).noneMatch(SecretsTest::tells);
        assertThat(texts).noneMatch(SecretsTest::tells);
    }

    @Test
    void a_request_does_not_tell_the_key_or_the_id() {
        TaskRequest request = TaskDialect.cloud()
                .stopRequest(new Origin(URI.create("https://cloud.blackbox.ai"), "", false), ID)
                .withAuthorization("Bearer " + KEY);

        assertThat(request).hasToString("PATCH /api/tasks/{taskId}");
        assertThat(request.authorization()).isEqualTo("Bearer " + KEY);
    }

    private TaskClient client() {
        return client(URI.create("http://127.0.0.1:" + server.getPort()));
    }

    private TaskClient client(URI baseUrl) {
        return wire.client(
                baseUrl,
                settings -> settings.requestTimeout(Duration.ofMillis(200))
                        .concurrency(4)
                        .retry(Wire.QUICK.withMaxAttempts(2).withDeadline(Duration.ofMillis(500))));
    }

    /** Records the text of what a call gives, and of all that hangs on it. */
    private void tell(Mono<?> call) {
        StepVerifier.create(call.<Object>map(value -> value).onErrorResume(Mono::just))
                .consumeNextWith(this::tell)
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    private void tell(Object value) {
        texts.add(value.toString());
        if (value instanceof List<?> results) {
            results.forEach(this::tell);
        } else if (value instanceof Failed failed) {
            tell(failed.error());
        } else if (value instanceof Throwable failure) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            texts.add(trace.toString());
        }
    }

    private static boolean tells(String text) {
        // The id with an address in it is the caller's own, and a result has to name it.
        return text.replace("bad/" + Wire.USER, "").contains(Wire.USER) || text.contains(KEY);
    }

    private final class Recorder extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            IThrowableProxy failure = event.getThrowableProxy();
            lines.add(event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage()
                    + (failure == null ? "" : " " + ThrowableProxyUtil.asString(failure)));
        }
    }
}
