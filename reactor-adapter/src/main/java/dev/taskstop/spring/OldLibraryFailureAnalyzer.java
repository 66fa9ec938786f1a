package dev.taskstop.spring;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says which library is too old where this one calls what is not there; the class path itself is in order. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class OldLibraryFailureAnalyzer extends AbstractFailureAnalyzer<LinkageError> {

    /** How near the top of the stack the call has to be. */
    private static final int DEPTH = 3;

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable root, LinkageError failure) {
        String needs = needs(root);
        if (needs != null) {
            return new FailureAnalysis(
                    needs + ".",
                    "Where Spring Boot's parent or a bill of materials manages an older one, set its property:"
                            + " reactor-bom.version to 2025.0.4 or newer for Reactor Netty (Maven:"
                            + " <reactor-bom.version>2025.0.4</reactor-bom.version>; Gradle:"
                            + " ext['reactor-bom.version'] = '2025.0.4'), netty.version, jackson-bom.version. Where there"
                            + " is none, take away what excludes it.",
                    failure);
        }
        if (!isOurs(failure)) {
            return null;
        }
        return new FailureAnalysis(
                "Taskstop calls what a library on the class path does not have: " + failure.getMessage()
                        + "\n\nReactor Netty here: " + version("reactor.netty.http.client.HttpClient")
                        + "; needed: 1.3.4 or newer."
                        + "\nReactor Core here: " + version("reactor.core.publisher.Flux") + "; needed: 3.8 or newer.",
                "With Spring Boot's parent or bill of materials, set the property reactor-bom.version to 2025.0.4 or newer"
                        + " (Maven: <reactor-bom.version>2025.0.4</reactor-bom.version>; Gradle:"
                        + " ext['reactor-bom.version'] = '2025.0.4'), or update Spring Boot to a version that manages"
                        + " one.",
                failure);
    }

    /** What core says, which has looked at what is there. */
    private static @Nullable String needs(Throwable root) {
        for (@Nullable Throwable cause = root; cause != null; cause = cause.getCause()) {
            String message = cause.getMessage();
            if (cause instanceof IllegalStateException && message != null && message.startsWith("Taskstop needs ")) {
                return message;
            }
        }
        return null;
    }

    private static boolean isOurs(LinkageError failure) {
        return Arrays.stream(failure.getStackTrace())
                .limit(DEPTH)
                .anyMatch(frame -> frame.getClassName().startsWith("dev.taskstop."));
    }

    private static String version(String type) {
        try {
            String version = Class.forName(type, false, OldLibraryFailureAnalyzer.class.getClassLoader())
                    .getPackage()
                    .getImplementationVersion();
            return version == null ? "unknown" : version;
        } catch (ClassNotFoundException e) {
            return "none";
        }
    }
}
