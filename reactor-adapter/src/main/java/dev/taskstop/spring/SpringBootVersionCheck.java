package dev.taskstop.spring;

import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** Says on Spring Boot 3 what is wrong there, before a class is missed that only Spring Boot 4 has. */
final class SpringBootVersionCheck implements ApplicationContextInitializer<ConfigurableApplicationContext> {

    private static final int SERVED = 4;

    @Override
    public void initialize(ConfigurableApplicationContext context) {
        String version = SpringBootVersion.getVersion();
        if (Integer.parseInt(version.substring(0, version.indexOf('.'))) < SERVED) {
            throw new TooOldException(version);
        }
    }

    /** The application runs on an older Spring Boot. */
    static final class TooOldException extends RuntimeException {

        private static final long serialVersionUID = 1;

        TooOldException(String version) {
            super("taskstop-spring-boot-starter is for Spring Boot 4 and newer; this application runs on Spring Boot "
                    + version + ".");
        }
    }

    /** Tells so without a stack trace. */
    static final class Analyzer extends AbstractFailureAnalyzer<TooOldException> {

        @Override
        protected FailureAnalysis analyze(Throwable root, TooOldException failure) {
            return new FailureAnalysis(
                    failure.getMessage(),
                    "Update Spring Boot, or depend on taskstop-core alone and make a bean of TaskClient.builder().",
                    failure);
        }
    }
}
