package dev.taskstop.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** How much the program logs. It brings Logback; in a process that has another logger, that one decides. */
final class LogLevel {

    private LogLevel() {}

    static void set(boolean quiet) {
        String factory = LoggerFactory.getILoggerFactory().getClass().getName();
        if (factory.equals("ch.qos.logback.classic.LoggerContext")) {
            Logback.set(quiet);
        }
    }

    /** Loaded only where there is Logback. */
    private static final class Logback {

        private Logback() {}

        static void set(boolean quiet) {
            Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
            root.setLevel(quiet ? Level.ERROR : Level.WARN);
        }
    }
}
