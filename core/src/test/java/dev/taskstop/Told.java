package dev.taskstop;

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
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.reactivestreams.Publisher;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** What a test made the library, and all that it stands on, tell: every log line, exception and text form. */
final class Told implements BeforeEachCallback, AfterEachCallback {

    /** The id with an address in it is the caller's own, and a result has to name it. */
    static final String BAD_ID = "bad/" + Wire.USER;

    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

    final Queue<String> lines = new ConcurrentLinkedQueue<>();
    final Queue<String> texts = new ConcurrentLinkedQueue<>();
    private final Recorder recorder = new Recorder();
    private final List<Appender<ILoggingEvent>> usual = new ArrayList<>();
    private final Level usualLevel = ROOT.getLevel();

    @Override
    public void beforeEach(ExtensionContext context) {
        ROOT.iteratorForAppenders().forEachRemaining(usual::add);
        usual.forEach(ROOT::detachAppender);
        recorder.start();
        ROOT.addAppender(recorder);
        ROOT.setLevel(Level.TRACE);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ROOT.setLevel(usualLevel);
        ROOT.detachAppender(recorder);
        usual.forEach(ROOT::addAppender);
    }

    /** Records the text of what a call gives, and of all that hangs on it. */
    void tell(Publisher<?> call) {
        StepVerifier.create(Flux.from(call).<Object>map(value -> value).onErrorResume(Flux::just))
                .thenConsumeWhile(value -> true, this::tell)
                .expectComplete()
                .verify(Wire.LIMIT);
    }

    void tell(Object value) {
        texts.add(value.toString());
        if (value instanceof Failed failed) {
            tell(failed.error());
        } else if (value instanceof Throwable failure) {
            StringWriter trace = new StringWriter();
            failure.printStackTrace(new PrintWriter(trace, true));
            texts.add(trace.toString());
        }
    }

    /** Also looks whether enough was told at all, by whom it has to be. */
    void assertNoSecret() {
        assertThat(lines).hasSizeGreaterThan(100);
        for (String name : new String[] {"dev.taskstop.BulkStop", "reactor.netty.", "io.netty."}) {
            assertThat(lines).as(name).anyMatch(line -> line.contains(name));
        }
        assertThat(texts).isNotEmpty();
        assertThat(lines).noneMatch(Told::isSecret);
        assertThat(texts).noneMatch(Told::isSecret);
    }

    static boolean isSecret(String text) {
        return text.replace(BAD_ID, "").contains(Wire.USER) || text.contains(Wire.KEY);
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
