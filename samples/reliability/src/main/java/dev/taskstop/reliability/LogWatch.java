package dev.taskstop.reliability;

import static java.util.stream.Collectors.joining;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Hooks;

/** Collects what is logged as an error, Netty's reports of leaks among it, and what Reactor drops. */
final class LogWatch extends AppenderBase<ILoggingEvent> {

    private final Queue<String> errors = new ConcurrentLinkedQueue<>();

    private LogWatch() {}

    static LogWatch begin() {
        LogWatch watch = new LogWatch();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        watch.setContext(root.getLoggerContext());
        watch.start();
        root.addAppender(watch);
        Hooks.onErrorDropped(error -> watch.errors.add("dropped: " + error + dropper()));
        return watch;
    }

    /** Who dropped it tells what it was about, which the error itself does not. */
    private static String dropper() {
        return StackWalker.getInstance()
                .walk(frames -> frames.skip(1)
                        .limit(30)
                        .map(frame -> "\n    at " + frame)
                        .collect(joining()));
    }

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
            errors.add(event.getLoggerName() + ": " + event.getFormattedMessage());
        }
    }

    List<String> errors() {
        return List.copyOf(errors);
    }
}
