package dev.taskstop.cli;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.TaskDialect;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import reactor.netty.http.HttpResources;

/** What every command has to know to reach the API. */
final class ClientOptions {

    private static final String KEY_VARIABLE = "BLACKBOX_API_KEY";
    private static final String URL_VARIABLE = "BLACKBOX_BASE_URL";

    /** No key is as long. */
    private static final int MAX_KEY = 8 * 1024;

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final Pattern PATH_OF_API =
            Pattern.compile("(?:/api/tasks|(?<=/api/v1)/tasks)(?:/.*)?$", Pattern.CASE_INSENSITIVE);

    private static final Pattern SETTING =
            Pattern.compile("^[a-z][a-zA-Z]+(?= takes )|^(?:apiKey|baseUrl|concurrency|requestsPerMinute)\\b");

    private static final Duration ENDING = Duration.ofMillis(200);

    private static volatile boolean built;

    /** The forms of the API. */
    enum Dialect {
        CLOUD,
        V1
    }

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "Read the key from this file; by default it is in BLACKBOX_API_KEY.")
    private @Nullable Path keyFile;

    @Option(
            names = "--base-url",
            paramLabel = "URL",
            description = "Where the API is; by default BLACKBOX_BASE_URL, else its public address.")
    private @Nullable String baseUrl;

    @Option(
            names = "--allow-insecure-http",
            description = "Send the key over plain http to another machine. Only in a network that can be trusted.")
    private boolean insecureHttpAllowed;

    @Option(
            names = "--dialect",
            paramLabel = "NAME",
            description = "Which API is spoken: cloud (the default) or v1, the Agent API v1.")
    private Dialect dialect = Dialect.CLOUD;

    @Option(
            names = {"-v", "--verbose"},
            description = "Show on standard error what the library logs.")
    private boolean verbose;

    boolean isVerbose() {
        return verbose;
    }

    /** A builder that has all this; whatever is wrong with it is wrong usage. */
    TaskClientBuilder builder(CommandLine command) {
        if (verbose) {
            System.setProperty("org.slf4j.simpleLogger.log.dev.taskstop", "info");
        }
        TaskClientBuilder builder =
                TaskClient.builder().dialect(dialect == Dialect.CLOUD ? TaskDialect.cloud() : TaskDialect.agentV1());
        checked(command, keyFile == null ? KEY_VARIABLE : "--key-file", () -> builder.apiKey(key(command)));
        String url = baseUrl == null ? variable(URL_VARIABLE) : baseUrl;
        if (url != null) {
            checked(command, urlName(), () -> builder.baseUrl(base(url.strip())));
        }
        return insecureHttpAllowed ? builder.allowInsecureHttp() : builder;
    }

    TaskClient build(CommandLine command, TaskClientBuilder builder) {
        TaskClient client = checked(command, urlName(), builder::build);
        built = true;
        return client;
    }

    TaskClient build(CommandLine command) {
        return build(command, builder(command));
    }

    /** Java's exit waits 0.3 s for threads that wait for sockets, so they end before. */
    static void endThreads() {
        if (built) {
            HttpResources.disposeLoopsAndConnectionsLater(Duration.ZERO, ENDING)
                    .take(ENDING)
                    .onErrorComplete()
                    .block();
        }
    }

    /** What the library calls illegal, with the name that it has here. */
    static <T> T checked(CommandLine command, String name, Supplier<T> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException e) {
            String message = String.valueOf(e.getMessage())
                    .replace("say TaskClient.builder().allowInsecureHttp()", "add --allow-insecure-http");
            Matcher setting = SETTING.matcher(message);
            throw new ParameterException(
                    command, setting.find() ? setting.replaceFirst(name) : name + ": " + message, e);
        }
    }

    /** A variable that is blank is not set. An option that is blank is a mistake: the public address was not meant. */
    private static @Nullable String variable(String name) {
        String value = System.getenv(name);
        return value == null || value.isBlank() ? null : value;
    }

    private String urlName() {
        return baseUrl == null ? URL_VARIABLE : "--base-url";
    }

    private String key(CommandLine command) {
        if (keyFile == null) {
            String key = variable(KEY_VARIABLE);
            if (key == null) {
                throw new ParameterException(
                        command, "there is no key: set " + KEY_VARIABLE + ", or give --key-file FILE");
            }
            return key.strip();
        }
        try {
            String key = SafeFiles.readAtMost(MAX_KEY, keyFile);
            if (key == null) {
                throw new ParameterException(
                        command,
                        "--key-file takes a file with a key; this one has more than %,d bytes: %s"
                                .formatted(MAX_KEY, keyFile));
            }
            String permissions = SafeFiles.openToOthers(keyFile);
            if (permissions != null) {
                Taskstop.warn(command, "%s is open to other users (%s): chmod 600 it".formatted(keyFile, permissions));
            }
            return key.replace(BYTE_ORDER_MARK, "").strip();
        } catch (IOException e) {
            throw new ParameterException(
                    command, "--key-file takes a file that can be read: " + Taskstop.messageOf(e), e);
        }
    }

    /** The paths of the API begin after the base address; with the path twice, no task would be found. */
    private static URI base(String url) {
        URI base;
        try {
            base = new URI(url);
        } catch (URISyntaxException e) {
            // Without its cause, which would quote an address that may hold a password.
            throw new IllegalArgumentException(
                    "baseUrl takes an absolute https address, for example https://cloud.blackbox.ai");
        }
        Matcher twice = PATH_OF_API.matcher(String.valueOf(base.getPath()));
        if (twice.find()) {
            throw new IllegalArgumentException(
                    "baseUrl takes the address without the path of the tasks: leave out " + twice.group());
        }
        return base;
    }
}
